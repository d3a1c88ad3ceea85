"""One DynamoDB client for all tables and items.

PynamoDB gives each model class a connection, and so a client, of its own; a Lambda would build half
a dozen of them at its first request. All items share this one. The default timeouts (15 s to
connect, 30 s to read) are longer than a function runs, so shorter ones are set here.
"""

from functools import cache

from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable

CONNECT_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 5.0
RETRIES = 3


@cache
def connection() -> Connection:
    """Returns the connection that every item and transaction of this process uses."""
    return Connection(
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=RETRIES,
    )


@cache
def table(name: str) -> TableConnection:
    """Returns the shared connection for one table with the keys `pk` and `sk`."""
    view = TableConnection(name)
    view.connection = connection()
    view.connection.add_meta_table(
        MetaTable(
            {
                "TableName": name,
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                    {"AttributeName": "lane", "AttributeType": "S"},
                    {"AttributeName": "due_at", "AttributeType": "S"},
                    {"AttributeName": "shelf", "AttributeType": "S"},
                    {"AttributeName": "shelf_at", "AttributeType": "S"},
                ],
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "due",
                        "KeySchema": [
                            {"AttributeName": "lane", "KeyType": "HASH"},
                            {"AttributeName": "due_at", "KeyType": "RANGE"},
                        ],
                    },
                    {
                        "IndexName": "desk",
                        "KeySchema": [
                            {"AttributeName": "shelf", "KeyType": "HASH"},
                            {"AttributeName": "shelf_at", "KeyType": "RANGE"},
                        ],
                    },
                ],
                "LocalSecondaryIndexes": [],
            }
        )
    )
    return view
