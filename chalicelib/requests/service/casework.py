"""The desk's work on one request: it is read, and acted upon, with an entry of the audit each."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from chalicelib import clock
from chalicelib.audit import model as audit_model
from chalicelib.audit import service as audit
from chalicelib.audit.model import Action as Audited
from chalicelib.errors import Conflict, NotFound
from chalicelib.holds import service as holds
from chalicelib.holds.model import NOTHING_HELD, Held
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import scope, store
from chalicelib.requests.casework import (
    ACTIONS,
    CODES,
    Act,
    GroundNotAllowed,
    NotForThis,
    TooLate,
    require,
)
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.grounds import Ground, Right
from chalicelib.requests.machine import (
    CLOSED,
    Action,
    Actor,
    Entry,
    MoveNotAllowed,
    Status,
    Told,
    advanced,
    move,
)
from chalicelib.requests.model import Message, Request, Timed, timed
from chalicelib.requests.preview import NO_STOCK, Record, Stock, fingerprint, going, items
from chalicelib.requests.service import contacts, effects, messages, register, transitions
from chalicelib.requests.service.effects import Concerned, Effect
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import REQUEST
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing, is_visitor
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

if TYPE_CHECKING:
    from chalicelib.systems import service as systems

AUDITED: Final[Mapping[Action, Audited]] = {
    Action.APPROVE: Audited.REQUEST_APPROVED,
    Action.REFUSE: Audited.REQUEST_REFUSED,
    Action.EXTEND: Audited.REQUEST_EXTENDED,
    Action.PAUSE: Audited.REQUEST_PAUSED,
    Action.RESUME: Audited.REQUEST_RESUMED,
    Action.LIFT: Audited.REQUEST_LIFTED,
    Action.COMPLETE: Audited.REQUEST_COMPLETED,
    Action.NOTE: Audited.REQUEST_NOTED,
}
"""An act on a request -> the action of its entry of the audit."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request as the desk reads it: with what its person wrote, and all that was written since.

    `said` are the sealed fields of the request; None where their key is destroyed. `held` is what
    holds keep of the person's records, and `questions` are those to other systems, with their
    answers. `stock` is what an erasure would take by number.
    """

    subject: str
    standing: Standing | None
    timed: Timed
    said: Mapping[str, Any] | None
    messages: Sequence[Message]
    held: Held = NOTHING_HELD
    questions: "Sequence[systems.Question]" = ()
    stock: Stock = NO_STOCK


def read(by: str, request_id: str, notice: Notice) -> Case:
    """Returns a request for a member of the desk, whose subject is `by`.

    The look is recorded before anything is shown: GetItem of the register, BatchGetItem, Query of
    the texts and of what other systems were asked, where there are any, one KMS call where
    something is sealed, and one transaction; then Query of the holds where the standing's flag says
    that there are some, and of the person's records where they are to be erased. Raises NotFound,
    NoticeTooOld and Contention.
    """
    subject = register.subject_of(request_id)
    return patiently(lambda: _read_once(by, subject, request_id, notice))


@dataclass(frozen=True, slots=True)
class Acted:
    """A request after an act, and its person."""

    subject: str
    timed: Timed


def act(by: str, request_id: str, asked: Act, notice: Notice) -> Acted:
    """Does an act on a request for a member of the desk, and returns the request after it.

    One transaction of the request, its mark and words, the effects of its right, the job of the
    mail, and the entry of the audit; it is tried again where another entry, or another write about
    the person, came in between. Of two acts on a request at once one is done.

    Raises NotFound; Conflict for a move or a ground that is not allowed (`move-not-allowed`,
    `ground-not-allowed`), for one that comes too late (`too-late`), for an approval whose preview
    is another by now (`preview-changed`), where the request was changed at this moment, and for
    words about a person who is being erased; NoticeTooOld;
    Contention.
    """
    subject = register.subject_of(request_id)
    try:
        after = patiently(lambda: _act_once(by, subject, request_id, asked, notice))
    except vault.KeyDestroyed:
        detail = "The person's data is erased, or is being erased: nothing can be sealed for it."
        raise Conflict(detail) from None
    return Acted(subject, after)


@dataclass(frozen=True, slots=True)
class _Found:
    """The items of an act as they were read together."""

    item: RequestItem
    standing: Standing | None
    head: Any
    key: DataKeyItem | None
    person: Concerned | None


def _find(subject: str, request_id: str, notice: Notice, action: Action | None) -> _Found:
    """Reads a request and what an act on it needs. One BatchGetItem; two where it has effects."""
    item, standing, key, head = reads.batch(
        [
            (RequestItem, *store.request_place(subject, request_id)),
            subjects.standing_at(subject),
            (DataKeyItem, keys.subject(subject), RequestItem.CLASS),
            audit.head_at(),
        ]
    )
    if item is None or ends.gone(item, notice, clock.now()):
        raise NotFound(register.GONE)
    stands = None if standing is None else subjects.standing_of(standing)
    proves = action is not None and _move(item.status, action) is Action.PROVE
    acts = action in _EFFECTS or proves
    person = effects.read(subject, effects.asked_in(item), notice) if acts else None
    return _Found(item, stands, head, key, person)


def _read_once(by: str, subject: str, request_id: str, notice: Notice) -> Case:
    found = _find(subject, request_id, notice, None)
    now, write = clock.now(), Transaction(notice)
    request = store.request_of(found.item)
    said, texts = _opened(found, subject, request_id)
    look = audit_model.Act(by, Audited.REQUEST_READ, subject, request_id)
    audit.follow(write, look, notice, now, found.head)
    write.commit()
    held = NOTHING_HELD if found.standing is None else holds.held_beside(found.standing, now)
    asked = _asked(found, subject, request_id)
    stock = _stock(subject, found.standing, request, held, notice)
    as_of = timed(request, notice, now)
    return Case(subject, found.standing, as_of, said, texts, held, asked, stock)


def _stock(
    subject: str, standing: Standing | None, request: Request, held: Held, notice: Notice
) -> Stock:
    """Returns what an open request to erase is about, by number.

    One Query of up to a MB of the person's records, and one where transactions were kept.
    """
    if request.right != Right.ERASE or request.status in CLOSED or standing is None:
        return NO_STOCK
    # Imported here: of requests for other rights nothing is counted.
    from chalicelib.records import transactions
    from chalicelib.storage import partition

    found, more = partition.first(keys.subject(subject))
    records = [
        Record(one.kind, one.retention_class, keys.record_id(one.sk), _form(one.fields))
        for one in found
    ]
    going_by_kind = going(records, request, held, notice, browser=is_visitor(subject))
    return Stock(going_by_kind, more, transactions.has_open(standing))


def _form(fields: Mapping[str, Any]) -> str:
    return str(fields.get("form") or "")


def _asked(found: _Found, subject: str, request_id: str) -> "Sequence[systems.Question]":
    """Returns the questions to other systems about a request; no call where there are none."""
    if found.item.asked_at is None:
        return ()
    # Imported here: few requests asked another system, and the rest need none of it.
    from chalicelib.systems import service as systems

    return systems.questions(subject, request_id)


def _opened(
    found: _Found, subject: str, request_id: str
) -> tuple[Mapping[str, Any] | None, Sequence[Message]]:
    """Returns what is sealed of a request, and its texts; None and none without their key."""
    if found.key is None:
        return None if found.item.sealed is not None else {}, ()
    texts = list(store.messages_of(subject, request_id))
    if found.item.sealed is None and not texts:
        return {}, ()
    key = vault.open_key(found.key)
    shown = [Message(one.at, one.by, vault.open_item(one, key)["text"]) for one in texts]
    return vault.open_item(found.item, key), shown


def _act_once(by: str, subject: str, request_id: str, asked: Act, notice: Notice) -> Timed:
    found = _find(subject, request_id, notice, asked.action)
    now, write = clock.now(), Transaction(notice)
    before = timed(store.request_of(found.item), notice, now)
    _require(asked, _move(found.item.status, asked.action), before, notice)
    _require_as_seen(asked, before, subject, found.standing, notice, now)
    entries, effect = _entries(write, found, asked, before, notice, now)
    transitions.record(write, found.item, entries, notice, now, effect.on_request)
    if asked.text is not None:
        messages.add(write, found.item, Actor.DESK, asked.text, now)
    mails = _told(write, subject, request_id, entries, before, now)
    done = audit_model.Act(by, AUDITED[asked.action], subject, request_id)
    audit.follow(write, done, notice, now, found.head)
    try:
        write.commit()
    except ConditionFailed as failed:
        if contacts.OPEN in failed.labels:
            detail = "Another request for the same right is open; go on with that one."
        elif REQUEST in failed.labels:
            detail = "The request was changed at this moment; look at it again."
        else:
            raise
        raise Conflict(detail) from None
    for job in (*effect.jobs, *mails):
        jobs.send(job)
    after = replace(
        before.request,
        status=entries[-1].status,
        history=(*before.request.history, *entries),
        completed_at=now if entries[-1].status in CLOSED else before.request.completed_at,
    )
    return timed(after, notice, now)


def _move(status: str, action: Action) -> Action:
    """Returns the move that an act is: to resume what waits for its person proves it.

    The desk knows who asks, where somebody can neither read the mailbox nor sign in.
    """
    waits = status == Status.AWAITING_VERIFICATION
    return Action.PROVE if waits and action is Action.RESUME else action


def _require(asked: Act, action: Action, before: Timed, notice: Notice) -> None:
    """Raises Conflict where the act is not allowed."""
    purposes = before.request.purposes
    marketing = bool(purposes) and all(
        one in notice.purposes and notice.purposes[one].marketing for one in purposes
    )
    try:
        move(before.request.history, action, Actor.DESK)
        require(asked, before, calendar_of(*notice.working_days), marketing=marketing)
        _require_declared(asked, before, notice)
    except MoveNotAllowed:
        raise _not_allowed() from None
    except (GroundNotAllowed, NotForThis):
        detail = "The law does not allow this ground for this right, or for what came this way."
        raise Conflict(detail, type="ground-not-allowed") from None
    except TooLate:
        detail = "The time in which the law allows this is over, or has not come yet."
        raise Conflict(detail, type="too-late") from None


def _require_declared(asked: Act, before: Timed, notice: Notice) -> None:
    """Raises GroundNotAllowed for a refusal on a ground that the notice gives no reason for."""
    if asked.action is Action.REFUSE:
        right, ground = Right(before.request.right), Ground(str(asked.code))
        if not scope.is_declared(right, ground, notice):
            raise GroundNotAllowed(right, ground)


def options(found: Timed, notice: Notice) -> dict[Action, tuple[StrEnum | None, ...]]:
    """Returns the acts that a request allows as it stands, each with the codes that it may have.

    An act without codes has None for one. By the rules that `act` obeys; what only the person's
    records tell (`held`, and a restriction to lift) is not looked at. Makes no call.
    """
    allowed = {}
    for action in ACTIONS:
        codes: tuple[StrEnum | None, ...] = tuple(CODES.get(action, (None,)))
        fit = tuple(one for one in codes if _allows(Act(action, one), found, notice))
        if fit:
            allowed[action] = fit
    return allowed


def _allows(asked: Act, found: Timed, notice: Notice) -> bool:
    with suppress(Conflict):
        _require(asked, _move(found.request.status, asked.action), found, notice)
        return True
    return False


def _require_as_seen(
    asked: Act,
    before: Timed,
    subject: str,
    standing: Standing | None,
    notice: Notice,
    now: datetime,
) -> None:
    """Raises Conflict where an approval would do something else than its officer saw.

    One Query where the standing says that something is held; those of `_stock` for an erasure.
    """
    if asked.seen is None or asked.action is not Action.APPROVE:
        return
    held = NOTHING_HELD if standing is None else holds.held_beside(standing, now)
    browser = is_visitor(subject)
    stock = _stock(subject, standing, before.request, held, notice)
    shown = items(before.request, held, notice, browser=browser, stock=stock)
    if fingerprint(shown) != asked.seen:
        detail = "What the approval would do has changed since it was shown; look at it again."
        raise Conflict(detail, type="preview-changed")


def _not_allowed() -> Conflict:
    detail = "The request has no such move as it stands now."
    return Conflict(detail, type="move-not-allowed")


def _entries(
    write: Transaction, found: _Found, asked: Act, before: Timed, notice: Notice, now: datetime
) -> tuple[tuple[Entry, ...], Effect]:
    """Adds the effects of an act, and returns its entries of the history with them.

    An approval that leaves nothing to do completes the request, as the system.
    """
    history = before.request.history
    action = _move(found.item.status, asked.action)
    entries = advanced(history, action, Actor.DESK, now, asked.reason)[len(history) :]
    effect = Effect(None)
    if found.person is not None:
        effect = _EFFECTS[action](write, found.person, found.item, notice, now)
    if asked.action is Action.LIFT and not effect.restricted:
        raise _not_allowed()
    if action in (Action.APPROVE, Action.PROVE) and effect.done:
        done = advanced((*history, *entries), Action.COMPLETE, Actor.SYSTEM, now)
        entries = done[len(history) :]
    return entries, effect


def _close(action: Action) -> Callable[..., Effect]:
    def close(
        write: Transaction, person: Concerned, item: RequestItem, notice: Notice, now: datetime
    ) -> Effect:
        return effects.close(write, person, item, action, notice, now)

    return close


def _prove(
    write: Transaction, person: Concerned, item: RequestItem, notice: Notice, now: datetime
) -> Effect:
    """Adds what holds at once when the desk takes up a request that waits for its person."""
    request_id, asked = keys.record_id(item.sk), effects.asked_in(item)
    effect = effects.receive(
        write,
        person,
        request_id,
        asked,
        notice,
        now,
        by=Actor.DESK,
        asked_at=item.received_at,
    )
    contacts.find_by_address(write, item)
    if not effect.done:
        write.put(store.mark_of(item), label=contacts.OPEN)
    return effect


_EFFECTS: Final[Mapping[Action, Callable[..., Effect]]] = {
    Action.PROVE: _prove,
    Action.APPROVE: effects.approve,
    Action.COMPLETE: _close(Action.COMPLETE),
    Action.REFUSE: _close(Action.REFUSE),
    Action.LIFT: effects.lift,
}
"""The acts that may change more than the request."""


def _told(
    write: Transaction,
    subject: str,
    request_id: str,
    entries: Sequence[Entry],
    before: Timed,
    now: datetime,
) -> list[JobItem]:
    """Adds the jobs of the mails about an act; the last move tells of it."""
    told: Told | None = None
    history = before.request.history
    for entry in entries:
        if entry.event is not None and entry.by is not None:
            told = move(history, entry.event, entry.by).told or told
        history = (*history, entry)
    return [] if told is None else [tell(write, subject, request_id, told, now)]


__all__ = ["AUDITED", "Acted", "Case", "act", "options", "read"]
