"""One DynamoDB client for all tables and items.

PynamoDB gives each model class a connection, and so a client, of its own; a Lambda would build half
a dozen of them at its first request. All items share this one. The default timeouts (15 s to
connect, 30 s to read) are longer than a function runs, so shorter ones are set here. The transport
sends its frequent operations.
"""

from functools import cache, cached_property, partial
from typing import Any

from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable

from chalicelib.storage.transport import calls
from chalicelib.storage.transport.client import Client

CONNECT_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 5.0
RETRIES = 3


class _Connection(Connection):
    """PynamoDB's connection with a client whose frequent operations the transport sends."""

    @cached_property
    def client(self) -> Any:
        """The client, made at its first use: botocore's alone where the transport has no place."""
        place = calls.place_of(calls.DYNAMODB)
        if place is None:
            return self._whole()
        make = partial(
            calls.Transport,
            calls.DYNAMODB,
            place,
            attempts=1 + RETRIES,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
        )
        return Client(calls.DYNAMODB, make, self._whole)

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Calls an operation; nothing here needs the signals and units that PynamoDB asks for."""
        answer: dict[str, Any] = self._make_api_call(operation_name, operation_kwargs)
        return answer

    def _whole(self) -> Any:
        from botocore.config import Config

        config = Config(
            parameter_validation=False,  # as PynamoDB makes its client, which validates by itself
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1 + RETRIES},
            user_agent=calls.user_agent(),
        )
        return self.session.create_client("dynamodb", config=config)


@cache
def connection() -> Connection:
    """Returns the connection that every item and transaction of this process uses."""
    return _Connection()


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
