"""Reading several items of both tables at one instant."""

from collections.abc import Sequence
from typing import Any

from pynamodb.transactions import TransactGet

from chalicelib.storage import connection
from chalicelib.storage.item import Stored


def together(wanted: Sequence[tuple[type[Stored], str, str]]) -> list[Any]:
    """The items at (kind, pk, sk), as they stood together; None for those that do not exist.

    One TransactGetItems call, serialisable with every transaction, of either table.
    """
    with TransactGet(connection=connection.connection()) as read:
        futures = [read.get(kind, pk, sk) for kind, pk, sk in wanted]
    found: list[Any] = []
    for (kind, _, _), future in zip(wanted, futures, strict=True):
        try:
            found.append(future.get())
        except kind.DoesNotExist:
            found.append(None)
    return found
