"""Making a version public: everything is judged first, and then written at once or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib import settings
from chalicelib.errors import Conflict, Finding, Problem, TooLarge, Unprocessable
from chalicelib.notices import draft_store, store
from chalicelib.notices import service as notices
from chalicelib.notices.changes import Change, Effect, changes, refusals
from chalicelib.notices.compiler import NoticeRefused, marks
from chalicelib.notices.model import Notice, Widening
from chalicelib.notices.publication import (
    Pointer,
    pointer_after,
    pointer_without,
    refuse_date,
)
from chalicelib.notices.widening import widenings
from chalicelib.storage.transaction import Transaction

ALREADY = "This version is published already."


@dataclass(frozen=True, slots=True)
class Declaring:
    """What stands where a notice does in the transaction of a publication.

    Versions of the notice hold nothing about anybody; all else is as the notice declares it.
    """

    notice: Notice

    def refuse_undeclared(self, kind: str, fields: Iterable[str]) -> None:
        """Raises UndeclaredField, as the notice does, save for the versions themselves."""
        if kind != store.KIND:
            self.notice.refuse_undeclared(kind, fields)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be said of a version that is to follow the one in force.

    `refusals` are all the reasons why it may not be published as it is. `before` and `stood` are
    None for the very first version.
    """

    before: Notice | None
    changes: tuple[Change, ...]
    stood: Pointer | None
    refusals: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version that may be published: what it follows, what it changes, what is to be written.

    `before` and `stood` are None for the very first version, which is in force at once.
    """

    notice: Notice
    before: Notice | None
    changes: tuple[Change, ...]
    widenings: Mapping[str, tuple[Widening, ...]]
    stood: Pointer | None
    pointer: Pointer


def compiled(document: object) -> Notice:
    """The notice that a document says, of which every mail and page was made once.

    Raises Unprocessable with every finding of the compiler.
    """
    # Heavy, for it makes every mail and page: few operations need it, and no cold start.
    from chalicelib.notices import rehearsal

    try:
        return rehearsal.compiled(document, settings.confirmed())
    except NoticeRefused as refused:
        raise Unprocessable(
            "The notice does not compile.", type="notice-refused", findings=refused.findings
        ) from None


def published(notice: Notice) -> bool:
    """Whether this very version was published before. One GetItem.

    Raises Conflict when it was, with another text.
    """
    known = store.get_document(notice.version, consistent=True)
    if known is not None and known.digest != notice.digest:
        raise Conflict(
            "This version is published already, with another text.", type="already-published"
        )
    return known is not None


def judge(notice: Notice, now: datetime, replaces: str | None = None) -> Judged:
    """What a version would change, and everything that speaks against publishing it.

    `replaces` is the version that waits and is withdrawn for it. One GetItem, and another for the
    version in force when this process has not got it.
    """
    stood = store.get_pointer()
    if stood is None:
        refused = _problems(lambda: refuse_size(notice), lambda: refuse_unconfirmed(notice))
        return Judged(None, (), None, tuple(refused))
    before = notices.version(stood.in_force(now))
    found = changes(before, notice)
    effect = weightiest(found)
    told = None if effect is Effect.EDITORIAL else before.announcing
    refused = _problems(
        lambda: refuse_size(notice),
        lambda: refuse_unconfirmed(notice),
        lambda: refuse_date(before, notice, now, told),
        lambda: refuse_leaving_consent(before, notice),
        lambda: pointer_after(stood, notice, effect, now, replaces),
    )
    return Judged(before, found, stood, tuple(refused))


def prepare(notice: Notice, now: datetime, replaces: str | None = None) -> Prepared:
    """Judges a version that is to follow the one in force. Writes nothing.

    `replaces` is the version that waits and is withdrawn for it.

    Raises Unprocessable, in production, with every statement that the controller has not
    confirmed; for a date that lies too near; for each purpose that leaves consent without a
    recorded ground; Conflict while another version waits to take effect, or when it is too late to
    replace that.
    """
    judged = judge(notice, now, replaces)
    if judged.refusals:
        raise judged.refusals[0]
    before, stood, found = judged.before, judged.stood, judged.changes
    if before is None or stood is None:
        return Prepared(notice, None, (), {}, None, Pointer(notice.version, None, None))
    after = pointer_after(stood, notice, weightiest(found), now, replaces)
    return Prepared(notice, before, found, widenings(before, notice, found), stood, after)


def put(write: Transaction, prepared: Prepared, now: datetime) -> None:
    """Adds a version: its document, its line in the list, and the pointer to it; its draft goes."""
    draft_store.remove_in(write, prepared.notice.version)
    store.put_version(write, prepared.notice, prepared.widenings, now)
    store.put_pointer(write, prepared.stood, prepared.pointer)


def withdraw(write: Transaction, version: str, now: datetime) -> None:
    """Adds that a version which waits is called back: its line says so, nothing comes next.

    One GetItem. Raises Conflict (`too-late`) for one that is in force, or almost.
    """
    stood = store.get_pointer()
    if stood is None:
        raise Conflict("No version waits to take effect.", type="too-late")
    after = pointer_without(stood, version, now)
    store.put_withdrawn(write, version, now)
    store.put_pointer(write, stood, after)


def replace(write: Transaction, version: str, now: datetime) -> None:
    """Adds that a version is called back for another, which the same transaction points to."""
    store.put_withdrawn(write, version, now)


def take_effect(write: Transaction, now: datetime) -> tuple[str, str] | None:
    """Adds that the version which waited is the current one; which it follows, and its name.

    None while there is none to. Everybody reads it as in force from its date on: this makes room
    for the next one.
    """
    stood = store.get_pointer()
    if stood is None or stood.at(now) is stood:
        return None
    after = stood.at(now)
    store.put_pointer(write, stood, after)
    return stood.current, after.current


def weightiest(found: Iterable[Change]) -> Effect:
    """What a version as a whole means: the weightiest of its changes."""
    effects = {change.effect for change in found}
    for effect in (Effect.MATERIAL, Effect.INFORMATIVE):
        if effect in effects:
            return effect
    return Effect.EDITORIAL


def refuse_leaving_consent(before: Notice, notice: Notice) -> None:
    """Raises Unprocessable for each purpose that leaves consent without a recorded ground."""
    findings = refusals(before, notice)
    if findings:
        raise Unprocessable(
            "The version may not follow the one in force.", type="notice-refused", findings=findings
        )


def refuse_size(notice: Notice) -> None:
    """Raises TooLarge for a document that does not fit into one item of the table."""
    if len(store.packed(notice.document)) > store.MAX_PACKED:
        raise TooLarge(f"A document may have {store.MAX_PACKED // 1024} KiB when it is compressed.")


def refuse_unconfirmed(notice: Notice) -> None:
    """Raises Unprocessable, in production, for what the controller has still to confirm."""
    if settings.stage() == settings.PRODUCTION and notice.unconfirmed:
        raise Unprocessable(
            "The controller has still to confirm parts of this notice.",
            type="notice-unconfirmed",
            findings=tuple(_unconfirmed(entry) for entry in confirmations(notice)),
        )


def confirmations(notice: Notice) -> tuple[str, ...]:
    """What would confirm each unconfirmed statement as it reads: `<id>=<digest>`."""
    return marks.confirmations(notice.document, settings.confirmed())


def _unconfirmed(entry: str) -> Finding:
    return Finding(f"/{entry.partition('=')[0]}", f"is not confirmed as it reads: {entry}")


def _problems(*rules: Callable[[], object]) -> Iterator[Problem]:
    """What each of the rules refuses."""
    for rule in rules:
        try:
            rule()
        except Problem as problem:
            yield problem
