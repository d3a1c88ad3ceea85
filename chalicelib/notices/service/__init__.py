"""The notice in force and any version, as everybody reads them; `publication` makes new ones."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import clock, settings
from chalicelib.errors import BadRequest, Finding, NotFound, Unavailable, Unprocessable
from chalicelib.notices import store
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Announced, Notice
from chalicelib.notices.publication import Pointer
from chalicelib.notices.store import VersionItem
from chalicelib.storage import pages
from chalicelib.storage.pages import Page

FRESH = timedelta(seconds=60)
"""How long a function trusts the pointer it read. Publications lie further ahead than that."""


class NoNotice(Unavailable):
    """503: nothing was published in this deployment yet, so nothing may be stored."""

    default_type = "no-notice"
    default_title = "No notice is in force yet"


@dataclass
class _Memory:
    """What this process knows: versions never change, the pointer is asked for again."""

    pointer: Pointer | None = None
    read_at: datetime | None = None

    def __post_init__(self) -> None:
        self.notices: dict[str, Notice] = {}


_memory = _Memory()
_NOTICES_KEPT = 8

_LISTED = 20
"""How many versions are looked at for the one before: one of them was in force, others only listed.
"""


def current() -> Notice:
    """The notice in force. No call when warm; one or two GetItems otherwise. Raises NoNotice."""
    return version(_pointer().in_force(clock.now()))


def healthy() -> str:
    """The version in force, asked of the table now. One GetItem.

    Raises NoNotice, and Unavailable when the table does not answer.
    """
    from pynamodb.exceptions import PynamoDBException

    try:
        pointer = store.get_pointer()
    except PynamoDBException:
        raise Unavailable("The table does not answer.") from None
    if pointer is None:
        raise NoNotice("Publish a notice first.")
    return pointer.in_force(clock.now())


def version(name: str) -> Notice:
    """A published version. No call when this process has it. Raises NotFound."""
    kept = _memory.notices.get(name)
    if kept is not None:
        return kept
    # Whoever tells people of a version reads it as soon as it is published.
    stored = store.get_document(name) or store.get_document(name, consistent=True)
    if stored is None:
        raise NotFound("There is no such version of the notice.")
    loaded = load_published(stored.document, confirmed=settings.confirmed())
    notice = replace(loaded, widenings=stored.widenings)
    while len(_memory.notices) >= _NOTICES_KEPT:
        _memory.notices.pop(next(iter(_memory.notices)))
    _memory.notices[name] = notice
    return notice


def announced() -> Announced | None:
    """The change that websites show now, if there is one. No call when warm. Raises NoNotice."""
    return _pointer().announced(clock.now())


def status(name: str, effective_at: datetime, *, withdrawn: bool = False) -> str:
    """Where a published version stands: scheduled, in_force, superseded, or else withdrawn.

    No call when warm. Raises NoNotice.
    """
    return str(_pointer().status(name, effective_at, clock.now(), withdrawn=withdrawn))


def is_withdrawn(name: str) -> bool:
    """Whether a published version was called back. One GetItem, strongly consistent.

    Raises NotFound for a version that was not published.
    """
    listed = store.get_listed(name)
    if listed is None:
        raise NotFound("There is no such version of the notice.")
    return listed.withdrawn_at is not None


def waiting() -> str | None:
    """The version that is published and not yet in force. No call when warm. Raises NoNotice."""
    return _pointer().at(clock.now()).next


def versions(after: str | None, limit: int) -> Page[VersionItem]:
    """Up to `limit` published versions, newest first, older than the one named. One Query."""
    return pages.collect(store.versions(after, limit), lambda item: item)


def status_listed(one: VersionItem) -> str:
    """The status of a version in the list now, as `status` says it."""
    return status(one.version, one.effective_at, withdrawn=one.withdrawn_at is not None)


def compared(name: str, since: str | None) -> tuple[Notice, Notice]:
    """The earlier and the later of two versions, whose difference was asked for.

    `since` is the earlier; None for the one before `name` in the list of versions, which costs a
    Query. Raises NotFound for a version that was not published, and when there is none before the
    first; BadRequest when `since` came later than `name`.
    """
    after = version(name)
    before = version(since or _before(after))
    if before.effective_at > after.effective_at:
        raise BadRequest(
            "The versions are in the wrong order.",
            type="validation",
            findings=(Finding("/query/since", "is a later version than the one of the path"),),
        )
    return before, after


def _before(notice: Notice) -> str:
    listed = store.versions(notice.version, _LISTED)
    stood = (item for item in listed if item.withdrawn_at is None)
    found = (item.version for item in stood if item.effective_at < notice.effective_at)
    earlier = next(found, None)
    if earlier is None:
        raise NotFound("This is the first version: there is none before it to compare with.")
    return earlier


def refuse_other_words(version: str, notice: Notice) -> None:
    """Raises Unprocessable when a person decided on words that are not in force."""
    if version != notice.version:
        raise Unprocessable(
            "Another version of the notice is in force; show it and ask again.",
            type="notice-not-in-force",
            findings=(Finding("/notice_version", "is not the version in force"),),
        )


def forget_pointer() -> None:
    """Makes this process ask which version is in force, after it changed that itself."""
    _memory.pointer = None


def _pointer() -> Pointer:
    now = clock.now()
    fresh = _memory.read_at is not None and abs(now - _memory.read_at) < FRESH
    if _memory.pointer is None or not fresh:
        pointer = store.get_pointer()
        if pointer is None:
            raise NoNotice("Publish a notice first.")
        _memory.pointer, _memory.read_at = pointer, now
    return _memory.pointer
