"""Publishes a version: every rule is checked first, then one transaction writes all of it."""

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
    earliest,
    pointer_after,
    pointer_without,
    refuse_date,
)
from chalicelib.notices.service.confirmations import confirmed
from chalicelib.notices.widening import widenings
from chalicelib.storage.transaction import Transaction

ALREADY = "This version is published already."


@dataclass(frozen=True, slots=True)
class Declaring:
    """Takes the place of the notice in the transaction of a publication.

    Versions of the notice hold no personal data; everything else must be declared by the notice.
    """

    notice: Notice

    def refuse_undeclared(self, kind: str, fields: Iterable[str]) -> None:
        """Raises UndeclaredField as the notice does, except for the versions themselves."""
        if kind != store.KIND:
            self.notice.refuse_undeclared(kind, fields)


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of checking a version that is to follow the one in force.

    `refusals` are all the reasons why it may not be published as it is. `before` and `stood` are
    None for the very first version, as is `earliest`, from when it may take effect.
    """

    before: Notice | None
    changes: tuple[Change, ...]
    stood: Pointer | None
    refusals: tuple[Problem, ...]
    earliest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version that may be published: the one before it, its changes, and the writes.

    `before` and `stood` are None for the very first version, which is in force at once.
    """

    notice: Notice
    before: Notice | None
    changes: tuple[Change, ...]
    widenings: Mapping[str, tuple[Widening, ...]]
    stood: Pointer | None
    pointer: Pointer


def compiled(document: object) -> Notice:
    """Returns the notice of a document, after every mail and page of it was made once.

    Raises Unprocessable with every finding of the compiler.
    """
    # Imported here since it loads every mail and page: few operations need it, and no cold start.
    from chalicelib.notices import rehearsal

    try:
        return rehearsal.compiled(document, confirmed())
    except NoticeRefused as refused:
        raise Unprocessable(
            "The notice does not compile.", type="notice-refused", findings=refused.findings
        ) from None


def published(notice: Notice) -> bool:
    """Tells whether this version was published before. One GetItem.

    Raises Conflict when it was, with another text.
    """
    known = store.get_document(notice.version, consistent=True)
    if known is not None and known.digest != notice.digest:
        raise Conflict(
            "This version is published already, with another text.", type="already-published"
        )
    return known is not None


def judge(notice: Notice, now: datetime, replaces: str | None = None) -> Judged:
    """Returns the changes of a version, and every reason against publishing it.

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
    return Judged(before, found, stood, tuple(refused), earliest(now, told))


def prepare(notice: Notice, now: datetime, replaces: str | None = None) -> Prepared:
    """Checks a version that is to follow the one in force. Writes nothing.

    `replaces` is the version that waits and is withdrawn for it.

    Raises Unprocessable, in production, with every statement that the controller has not confirmed;
    for a date that lies too near; for each purpose that leaves consent without a recorded ground;
    Conflict while another version waits to take effect, or when it is too late to replace that.
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
    """Adds a version: its document, its entry in the list, and the pointer; deletes its draft."""
    draft_store.remove_in(write, prepared.notice.version)
    store.put_version(write, prepared.notice, prepared.widenings, now)
    store.put_pointer(write, prepared.stood, prepared.pointer)


def withdraw(write: Transaction, version: str, now: datetime) -> None:
    """Adds the withdrawal of a waiting version: the mark in its entry, and the pointer without it.

    One GetItem. Raises Conflict (`too-late`) for one that is in force, or will be within LEAD.
    """
    stood = store.get_pointer()
    if stood is None:
        raise Conflict("No version waits to take effect.", type="too-late")
    after = pointer_without(stood, version, now)
    store.put_withdrawn(write, version, now)
    store.put_pointer(write, stood, after)


def replace(write: Transaction, version: str, now: datetime) -> None:
    """Adds the mark of a withdrawal for another version, which the same transaction points to."""
    store.put_withdrawn(write, version, now)


def take_effect(write: Transaction, now: datetime) -> tuple[str, str] | None:
    """Adds the move of a waiting version to the current one; returns its predecessor and itself.

    None while none waits that took effect. Readers treat it as in force from its date on: the write
    only makes room for the next one.
    """
    stood = store.get_pointer()
    if stood is None or stood.at(now) is stood:
        return None
    after = stood.at(now)
    store.put_pointer(write, stood, after)
    return stood.current, after.current


def weightiest(found: Iterable[Change]) -> Effect:
    """Returns the effect of a version as a whole: the weightiest of its changes."""
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
    """Raises Unprocessable, in production, for statements that the controller has to confirm."""
    if settings.stage() == settings.PRODUCTION and notice.unconfirmed:
        raise Unprocessable(
            "The controller has still to confirm parts of this notice.",
            type="notice-unconfirmed",
            findings=tuple(_unconfirmed(entry) for entry in confirmations(notice)),
        )


def confirmations(notice: Notice) -> tuple[str, ...]:
    """Lists the entries that would confirm the unconfirmed statements: `<id>=<digest>`."""
    return marks.confirmations(notice.document, confirmed())


def _unconfirmed(entry: str) -> Finding:
    return Finding(f"/{entry.partition('=')[0]}", f"is not confirmed as it reads: {entry}")


def _problems(*rules: Callable[[], object]) -> Iterator[Problem]:
    """Yields the refusals of all rules."""
    for rule in rules:
        try:
            rule()
        except Problem as problem:
            yield problem
