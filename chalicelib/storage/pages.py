"""Lists in pages: what was found, and the id after which the next page starts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pynamodb.pagination import ResultIterator

from chalicelib.storage import keys

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the id of the last one where there may be more."""

    items: tuple[T, ...]
    next: str | None


def collect(results: ResultIterator[Any], shape: Callable[[Any], T]) -> Page[T]:
    """The page that a query gives, each item shaped."""
    items = tuple(shape(item) for item in results)
    last = results.last_evaluated_key
    return Page(items, keys.record_id(last["sk"]["S"]) if last else None)


def start(pk: str, prefix: str, after: str | None) -> dict[str, dict[str, str]] | None:
    """The key after which a page starts; None for the first."""
    return None if after is None else {"pk": {"S": pk}, "sk": {"S": prefix + after}}
