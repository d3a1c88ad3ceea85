"""Reads the notice in force and any version; `publication` makes new ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.errors import BadRequest, Finding, NotFound, Unavailable, Unprocessable
from chalicelib.notices import store
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Announced, Notice
from chalicelib.notices.publication import Pointer, Status
from chalicelib.notices.service.confirmations import confirmed
from chalicelib.notices.store import VersionItem
from chalicelib.storage import pages
from chalicelib.storage.pages import Page

FRESH = timedelta(seconds=60)
"""Time for which a function caches the pointer. A publication takes effect later than that."""


class NoNotice(Unavailable):
    """503: no notice was published in this deployment yet, so nothing may be stored."""

    default_type = "no-notice"
    default_title = "No notice is in force yet"


@dataclass
class _Memory:
    """The cache of this process: versions never change, the pointer is read again."""

    pointer: Pointer | None = None
    read_at: datetime | None = None

    def __post_init__(self) -> None:
        self.notices: dict[str, Notice] = {}


_memory = _Memory()
_NOTICES_KEPT = 8

_LISTED = 20
"""Versions that are read to find the one before another: withdrawn ones are skipped."""


def current() -> Notice:
    """Returns the notice in force. No call when warm; up to three GetItems otherwise.

    Raises NoNotice.
    """
    now = clock.now()
    return version(_pointer(now).in_force(now))


def healthy() -> str:
    """Returns the version in force, read from the table now. One GetItem.

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
    """Returns a published version, with what is confirmed of it. Raises NotFound.

    No call when this process has it; otherwise a GetItem or two, and another for the confirmations.
    """
    kept = _memory.notices.get(name)
    if kept is not None:
        return kept
    # The consistent read is for the round that tells people right after the publication.
    stored = store.get_document(name) or store.get_document(name, consistent=True)
    if stored is None:
        raise NotFound("There is no such version of the notice.")
    loaded = load_published(stored.document, confirmed=confirmed())
    notice = replace(loaded, widenings=stored.widenings)
    while len(_memory.notices) >= _NOTICES_KEPT:
        _memory.notices.pop(next(iter(_memory.notices)))
    _memory.notices[name] = notice
    return notice


def announced() -> Announced | None:
    """Returns the change that websites announce now, or None. No call when warm.

    Raises NoNotice.
    """
    now = clock.now()
    return _pointer(now).announced(now)


def status(name: str, effective_at: datetime, *, withdrawn: bool = False) -> str:
    """Returns the status of a published version: scheduled, in_force, superseded or withdrawn.

    No call when warm. Raises NoNotice.
    """
    now = clock.now()
    return str(_pointer(now).status(name, effective_at, now, withdrawn=withdrawn))


def status_of(notice: Notice) -> str:
    """Returns the status of a published version, as `status` does.

    No call when warm for the version in force, else one GetItem. Raises NoNotice.
    """
    known = status(notice.version, notice.effective_at)
    if known == Status.IN_FORCE:
        return known
    return status(notice.version, notice.effective_at, withdrawn=is_withdrawn(notice.version))


def is_withdrawn(name: str) -> bool:
    """Tells whether a published version was called back. One GetItem, strongly consistent.

    Raises NotFound for a version that was not published.
    """
    listed = store.get_listed(name)
    if listed is None:
        raise NotFound("There is no such version of the notice.")
    return listed.withdrawn_at is not None


def waiting() -> str | None:
    """Returns the version that waits to take effect, or None. No call when warm.

    Raises NoNotice.
    """
    now = clock.now()
    return _pointer(now).at(now).next


def versions(after: str | None, limit: int) -> Page[VersionItem]:
    """Lists up to `limit` published versions, newest first, older than `after`. One Query."""
    return pages.collect(store.versions(after, limit), lambda item: item)


def status_listed(one: VersionItem) -> str:
    """Returns the status of a version in the list, as `status` does."""
    return status(one.version, one.effective_at, withdrawn=one.withdrawn_at is not None)


def compared(name: str, since: str | None) -> tuple[Notice, Notice]:
    """Returns the earlier and the later of two versions to be compared.

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


def with_previous(name: str) -> tuple[Notice, Notice | None]:
    """Returns a published version and the one that it followed, None for the first.

    As `version` for both, and a Query. Raises NotFound for a version that was not published.
    """
    after = version(name)
    earlier = _earlier(after)
    return after, None if earlier is None else version(earlier)


def _before(notice: Notice) -> str:
    earlier = _earlier(notice)
    if earlier is None:
        raise NotFound("This is the first version: there is none before it to compare with.")
    return earlier


def _earlier(notice: Notice) -> str | None:
    listed = store.versions(notice.version, _LISTED)
    stood = (item for item in listed if item.withdrawn_at is None)
    found = (item.version for item in stood if item.effective_at < notice.effective_at)
    return next(found, None)


def refuse_other_words(version: str, notice: Notice, agreed: Iterable[str] = ()) -> None:
    """Raises Unprocessable when a person decided on words that are not in force.

    Its findings name each of the purposes that they `agreed` to, which is not recorded.
    """
    if version != notice.version:
        lost = (
            Finding(f"/decisions/{one}", "is a yes to other words, and is not recorded")
            for one in sorted(agreed)
        )
        raise Unprocessable(
            "Another version of the notice is in force; show it and ask again.",
            type="notice-not-in-force",
            findings=(
                Finding("/notice_version", "is not the version in force", "notice_changed"),
                *lost,
            ),
        )


def was_in_force(notice: Notice) -> bool:
    """Tells whether a published version is or was in force, so that people have read it.

    No call when warm for the version in force, else one GetItem. Raises NoNotice.
    """
    return status_of(notice) in (Status.IN_FORCE, Status.SUPERSEDED)


def forget_pointer() -> None:
    """Makes this process read the pointer again, after it changed it itself."""
    _memory.pointer = None


def _pointer(now: datetime) -> Pointer:
    fresh = _memory.read_at is not None and abs(now - _memory.read_at) < FRESH
    if _memory.pointer is None or not fresh:
        pointer = store.get_pointer()
        if pointer is None:
            raise NoNotice("Publish a notice first.")
        _memory.pointer, _memory.read_at = pointer, now
    return _memory.pointer
