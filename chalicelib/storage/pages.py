"""Lists in pages: the items of a page, and the id after which the next begins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pynamodb.pagination import ResultIterator

from chalicelib.storage import keys

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The items of a page, and the last one's id where there may be more."""

    items: tuple[T, ...]
    next: str | None


def collect(results: ResultIterator[Any], shape: Callable[[Any], T]) -> Page[T]:
    """Returns the page of a query's results, each item converted by `shape`."""
    items = tuple(shape(item) for item in results)
    last = results.last_evaluated_key
    return Page(items, keys.record_id(last["sk"]["S"]) if last else None)


def start(pk: str, prefix: str, after: str | None) -> dict[str, dict[str, str]] | None:
    """Returns the key after which a page starts; None for the first."""
    return None if after is None else {"pk": {"S": pk}, "sk": {"S": prefix + after}}
