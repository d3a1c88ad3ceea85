"""The effects of a request on its person's decisions, restrictions, account and profile.

A request acts at three moments, each with an entry point here: when it is received and proven
(`receive`), when the desk approves it (`approve`), and when it is answered or cancelled (`close`).
A request that is late or disputed limits what it is about (`limit`), and the end of a restriction
is announced (`lift`) before it comes (`lift_due`).

An entry point adds all that follows to a transaction of its caller, and sends nothing. It writes or
checks the standing, so a transaction holds one entry point and no other write or check of that
standing. The caller adds `Effect.on_request` to its update of the request, and sends the jobs once
the transaction is committed. A transaction that fails by the label `standing`, `revision` or
`active` met another write about the person: the caller reads everything once more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as Update

from chalicelib import clock
from chalicelib.accounts.model import Changes
from chalicelib.accounts.service import mails, profile
from chalicelib.accounts.service.profile import Held
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.no import settled
from chalicelib.consents.service import ledger, withdrawal
from chalicelib.consents.service.act import Act, put_standing, record
from chalicelib.consents.service.context import Loaded
from chalicelib.decisions.restriction import Ground, Restriction, concerned, contested, lifted
from chalicelib.decisions.restriction import ended as ended_by
from chalicelib.decisions.restriction import placed as placed_beside
from chalicelib.errors import Conflict
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.erasure import part
from chalicelib.notices.model import Notice
from chalicelib.requests import grounds, scope, store
from chalicelib.requests.grounds import Right
from chalicelib.requests.history import course
from chalicelib.requests.machine import Action, Actor
from chalicelib.requests.model import (
    ERASE,
    FULFIL_RECTIFY,
    FULFILMENT_QUEUE,
    MADE,
    RETENTION_QUEUE,
    Asked,
    RestrictionGround,
)
from chalicelib.requests.service import inquiries
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Decision, Life, Standing
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from chalicelib.webhooks import service as webhooks

SOURCE = "request"
"""The source of decisions that a request makes, as the ledger records it."""

_LEDGER = frozenset({Right.WITHDRAW, Right.OPT_OUT, Right.OBJECT})
"""The rights that make an entry in the ledger."""

_DECIDED = frozenset({Right.OBJECT, Right.RESTRICT})
"""The rights that are done with the desk's decision."""

_LIMITS = frozenset({Ground.DELAY, Ground.DISPUTE})
"""The grounds of restrictions that end with the answer, since they were for the lack of one."""

_RESTRICTIONS, _KEY, _KEPT = "restrictions", "key", "kept "


@dataclass(frozen=True, slots=True)
class Concerned:
    """The stored items of the person whom a request is about.

    `loaded` has the standing, with its restrictions, and the key of the ledger, which also seals
    requests; where it was not wanted it is None. `held` is what a correction at once needs of the
    profile.
    """

    loaded: Loaded
    held: Held | None = None

    @property
    def standing(self) -> Standing | None:
        """The standing; None of a person without account, or where the erasure has begun.

        Then a request acts on nothing but itself.
        """
        found = self.loaded.standing
        return None if found is None or found.erasing else found


@dataclass(frozen=True, slots=True)
class Effect:
    """The result of an entry point, for its caller.

    `done` says that nothing is left to do for the request, so that the caller completes it in the
    same transaction, as the system (`Action.COMPLETE`), without another entry point. `on_request`
    are updates that belong to the request itself, and `jobs` are to be sent after the commit.
    `restricted` says that the restrictions changed. `refused` is the ground on which the caller
    refuses the request in the same transaction, as the system, with nothing else done.
    """

    standing: Standing | None
    jobs: tuple[JobItem, ...] = ()
    done: bool = False
    on_request: tuple[Update, ...] = ()
    restricted: bool = False
    refused: grounds.Ground | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a standing: its restrictions after it, refusals for the ledger, and the life."""

    restrictions: tuple[Restriction, ...]
    choices: Mapping[str, Choice] = field(default_factory=dict)
    life: Life | None = None


def wanted(subject: str, asked: Asked, notice: Notice, *, acting: bool = False) -> dict[str, Place]:
    """Returns the places that a request needs beside the standing, to be read with it in one call.

    There is none for a right that needs nothing. With `acting` the request is there already and an
    act closes or approves it. `concerned_by` takes the items, by the same names.
    """
    places: dict[str, Place] = {}
    if acting or asked.right in _LEDGER or asked.right is Right.RESTRICT:
        places[_RESTRICTIONS] = subjects.restrictions_at(subject)
    if asked.right in _LEDGER:
        named = asked.purposes or notice.purposes
        kept = withdrawal.places(subject, named, notice)
        places |= {f"{_KEPT}{category}": place for category, place in kept.items()}
    sealed = asked.details or asked.changes or (acting and asked.right is Right.RECTIFY)
    if asked.right in _LEDGER or sealed:
        places[_KEY] = (DataKeyItem, keys.subject(subject), ledger.LEDGER_CLASS)
    return places


def concerned_by(
    standing: Standing | None, found: Mapping[str, Any], *, held: Held | None = None
) -> Concerned:
    """Returns the items that were read at the places of `wanted`, by their names."""
    if standing is not None:
        standing = subjects.with_restrictions(standing, found.get(_RESTRICTIONS))
    kept = {
        name.removeprefix(_KEPT): item
        for name, item in found.items()
        if name.startswith(_KEPT) and item is not None
    }
    subject = "" if standing is None else standing.subject
    return Concerned(Loaded(subject, standing, found.get(_KEY), kept), held)


def read(subject: str, asked: Asked, notice: Notice) -> Concerned:
    """Returns the items of a person for an act on a request. One BatchGetItem, strongly consistent.

    A caller that reads other items at that time does it in one call: `wanted`, `concerned_by`.
    """
    places = wanted(subject, asked, notice, acting=True)
    item, *found = reads.batch([subjects.standing_at(subject), *places.values()])
    standing = None if item is None else subjects.standing_of(item)
    return concerned_by(standing, dict(zip(places, found, strict=True)))


def receive(
    write: Transaction,
    person: Concerned,
    request_id: str,
    asked: Asked,
    notice: Notice,
    now: datetime,
    *,
    by: Actor = Actor.PERSON,
    asked_at: datetime | None = None,
) -> Effect:
    """Adds what holds at once when a proven request is received, or is asked for once more.

    Consent is withdrawn, messages are opted out of and the account is stopped: these are done. An
    objection to marketing counts for good (GDPR art. 21(3)), and is done where it is about nothing
    else; what rests on a legitimate interest is restricted until it is decided (art. 18(1)(d)). A
    restriction that is asked for holds. A correction is made where the profile tools would make it
    for the person who is signed in; all others wait for the desk. An erasure of categories that the
    account cannot be without is refused where its person says no more. Every other right waits.

    `by` is the person in their account, whose activity it is, or the desk. `asked_at` is when the
    request came, where that is not now: what its person agreed to later stands. Raises
    Unauthenticated where a key is destroyed.
    """
    before, activity = person.standing, now if by is Actor.PERSON else None
    if before is None:
        return Effect(None, done=_done_at_once(asked, notice))
    if person.held is not None and by is Actor.PERSON:
        made, proposed = scope.corrections(asked.changes, notice)
        if made:
            told = profile.put_corrections(write, before, person.held, made, notice, now)
            return Effect(before, tuple(told), done=not proposed)
    change = _received(before, request_id, asked, notice, now)
    if asked_at is not None:
        change = replace(change, choices=_asked_before(change.choices, before, asked_at))
    effect = _put(write, person, change, notice, now, activity)
    needed = by is Actor.PERSON and not asked.details and scope.still_needed(asked, notice)
    refused = grounds.Ground.STILL_NECESSARY if needed else None
    return replace(effect, done=_done_at_once(asked, notice), refused=refused)


def approve(
    write: Transaction, person: Concerned, item: RequestItem, notice: Notice, now: datetime
) -> Effect:
    """Adds what an approval by the desk does beside what held from receipt.

    An objection is recorded as such, and its restriction goes; a restriction stays until it is
    lifted; a correction, a copy and what is taken along are made by the fulfilment function, an
    erasure by that of erasures, which complete the request, once no other system is waited for; a
    copy and an erasure also for a person without account. About an erasure other systems are asked
    now. Withdrawing, opting out and stopping an account are done, where they had to wait. All
    others are carried out by hand, and completed by the desk.

    Raises Conflict for an erasure of categories of which the account needs each, and where what is
    to be erased is held (`held`); for those one Query where something is held.
    """
    request, asked = keys.record_id(item.sk), asked_in(item)
    if asked.right in _DECIDED or asked.right in scope.AT_ONCE:
        return replace(close(write, person, item, Action.COMPLETE, notice, now), done=True)
    before, subject = person.standing, keys.subject_of(item.pk)
    if asked.right is Right.ERASE:
        if before is not None and asked.categories:
            _require_erasable(before, asked, notice)
        return _erased(write, item, before, notice, now)
    if before is not None:
        lifecycle.require_unchanged(write, before)
    elif item.contact is None or asked.right not in MADE:
        return Effect(None)
    job = _job(subject, asked.right, request, now)
    if job is None or item.waits_until is not None:
        return Effect(before)
    write.replace(job)
    return Effect(before, (job,))


def close(
    write: Transaction,
    person: Concerned,
    item: RequestItem,
    action: Action,
    notice: Notice,
    now: datetime,
) -> Effect:
    """Adds what the end of a request does: `action` is COMPLETE, REFUSE or CANCEL.

    Limits for a delay or a dispute end with the answer. A person who cancels ends what the request
    restricted. Where it is refused, the answer tells the person, and the restriction ends seven
    days after (GDPR art. 18(3)). An objection that is completed stands `objected` in the ledger, in
    place of its restriction, and a restriction that is completed stays until it is lifted; what
    `receive` does at once is done now where it had to wait. Corrections leave the names of the
    fields in the request, and no value.
    """
    emptied_by = tuple(_without_values(item, person))
    if person.standing is None:
        return Effect(None, on_request=emptied_by)
    change = _closed(person.standing, item, action, notice, now)
    effect = _put(write, person, change, notice, now, None)
    return replace(effect, on_request=emptied_by)


def release(
    write: Transaction, person: Concerned, item: RequestItem, notice: Notice, now: datetime
) -> tuple[Standing, list[JobItem]]:
    """Adds what `close` does when a correction is made, save the standing.

    Returns the standing after it, for the caller who writes it with the correction, and the jobs.
    """
    if person.standing is None:
        raise ValueError("nobody is there")
    change = _closed(person.standing, item, Action.COMPLETE, notice, now)
    return _beside(write, person, person.standing, change, notice, now)


def limit(
    write: Transaction,
    person: Concerned,
    item: RequestItem,
    ground: Ground,
    notice: Notice,
    now: datetime,
    activity: datetime | None = None,
) -> Effect:
    """Adds the limit on what a request is about: `ground` is DELAY or DISPUTE.

    It covers the purposes that the request names, or else those on consent or open to objection,
    until the request is answered. A restriction of the same request whose end was told goes on.
    `activity` is the time of a person's own act, a dispute, in an account that they can use.
    """
    bases = {purpose.id: purpose.kinds for purpose in notice.purposes.values()}
    purposes = contested(asked_in(item).purposes, bases)
    new = Restriction(keys.record_id(item.sk), ground, now, purposes)
    known = () if person.standing is None else person.standing.restrictions or ()
    return _put(write, person, _Change(placed_beside(known, new)), notice, now, activity)


def lift(
    write: Transaction, person: Concerned, item: RequestItem, notice: Notice, now: datetime
) -> Effect:
    """Adds the end of the restrictions that a closed request left, seven days from now.

    The caller has the person told (GDPR art. 18(3)). Nothing changes, and `restricted` is False,
    where the request restricts nothing or the end was told before.
    """
    request = keys.record_id(item.sk)
    known = () if person.standing is None else person.standing.restrictions or ()
    change = _Change(tuple(lifted(one, now) if one.request == request else one for one in known))
    return _put(write, person, change, notice, now, None)


def lift_due(subject: str, notice: Notice) -> bool:
    """Lifts the restrictions of a subject whose end has come, and has recipients told.

    Tells whether there was one. It is safe to repeat: one BatchGetItem, and one transaction where
    there is something to lift.
    """
    return patiently(lambda: _lift_once(subject, notice))


def asked_in(item: RequestItem) -> Asked:
    """Returns what a stored request asks for, without the person's own words and values."""
    request = store.request_of(item)
    ground = None if item.ground is None else RestrictionGround(item.ground)
    return Asked(Right(request.right), None, request.purposes, request.categories, ground=ground)


def _lift_once(subject: str, notice: Notice) -> bool:
    item, stored = reads.batch([subjects.standing_at(subject), subjects.restrictions_at(subject)])
    if item is None or stored is None:
        return False
    now = clock.now()
    before = subjects.with_restrictions(subjects.standing_of(item), stored)
    over = ended_by(before.restrictions or (), now)
    if not over or before.erasing:
        return False
    write = Transaction(notice)
    left = tuple(one for one in before.restrictions or () if one not in over)
    person = Concerned(Loaded(subject, before, None))
    effect = _put(write, person, _Change(left), notice, now, None)
    write.commit()
    for job in effect.jobs:
        jobs.send(job)
    return True


def _closed(
    before: Standing, item: RequestItem, action: Action, notice: Notice, now: datetime
) -> _Change:
    request, asked = keys.record_id(item.sk), asked_in(item)
    known = before.restrictions or ()
    own = [one for one in known if one.request == request]
    left = _left(own, asked.right, action, now)
    change = _Change((*(one for one in known if one.request != request), *left) if own else known)
    if action is not Action.COMPLETE:
        return change
    choices, life = dict[str, Choice](), None
    if asked.right is Right.OBJECT:
        choices = _objected(own, asked, notice)
    elif asked.right in scope.AT_ONCE:
        done = _received(before, request, asked, notice, now)
        choices, life = dict(done.choices), done.life
    stored = store.request_of(item)
    asked_at = course(stored.received_at, stored.history).received_at
    return replace(change, choices=_asked_before(choices, before, asked_at), life=life)


def _asked_before(
    choices: Mapping[str, Choice], before: Standing, asked_at: datetime
) -> dict[str, Choice]:
    """Returns refusals without those of purposes that the person agreed to after the request."""
    agreed = {
        purpose
        for purpose, decided in before.decisions.items()
        if decided.decision is Decision.GRANTED and decided.at > asked_at
    }
    return {purpose: choice for purpose, choice in choices.items() if purpose not in agreed}


def _received(
    before: Standing, request: str, asked: Asked, notice: Notice, now: datetime
) -> _Change:
    known = before.restrictions or ()
    match asked.right:
        case Right.DEACTIVATE:
            return _Change(known, life=Life.DEACTIVATED)
        case Right.WITHDRAW:
            return _Change(known, scope.withdrawn(asked.purposes, before, notice))
        case Right.OPT_OUT:
            return _Change(known, scope.opted_out(notice))
        case Right.OBJECT:
            weighed = scope.weighed(asked.purposes, notice)
            new = Restriction(request, Ground.OBJECTION, now, weighed)
            after = placed_beside(known, new) if weighed else known
            return _Change(after, scope.objected(asked.purposes, notice))
        case Right.RESTRICT:
            new = scope.restriction(request, asked.ground, asked.purposes, asked.categories, now)
            return _Change(placed_beside(known, new))
    return _Change(known)


def _done_at_once(asked: Asked, notice: Notice) -> bool:
    if asked.right is Right.OBJECT:
        return not scope.weighed(asked.purposes, notice)
    return asked.right in scope.AT_ONCE


def _objected(own: Iterable[Restriction], asked: Asked, notice: Notice) -> dict[str, Choice]:
    """Returns the objections that a completed request leaves: to what it restricted until then."""
    contested_by = {
        one for found in own if found.ground is Ground.OBJECTION for one in found.purposes
    }
    purposes = contested_by or scope.weighed(asked.purposes, notice)
    return scope.objected(asked.purposes, notice) | dict.fromkeys(
        sorted(purposes & notice.purposes.keys()), Choice.OBJECTED
    )


def _left(
    own: Iterable[Restriction], right: Right, action: Action, now: datetime
) -> list[Restriction]:
    """Returns the restrictions of a request that are left after its end."""
    if action is Action.CANCEL:
        return []
    answered = [one for one in own if one.ground not in _LIMITS]
    if action is Action.REFUSE:
        return [lifted(one, now) for one in answered]
    return [] if right is Right.OBJECT else answered


def _put(
    write: Transaction,
    person: Concerned,
    change: _Change,
    notice: Notice,
    now: datetime,
    activity: datetime | None,
) -> Effect:
    """Adds a change of a standing, in one write of it, and the word to recipients.

    A refusal that stands already makes no entry, and an account that is stopped already stays so.
    """
    before = person.standing
    if before is None:
        return Effect(None)
    after, asked = _beside(write, person, before, change, notice, now)
    restricted = after.limits != before.limits
    if change.life not in (None, before.life):
        after = replace(after, life=Life.DEACTIVATED)
        lifecycle.change_life(write, before, after.life, now, after)
        asked.append(mails.ask(write, before.subject, mails.DEACTIVATED, "", now))
    elif after.seq != before.seq:
        put_standing(write, before, after, notice, now)
    elif restricted:
        lifecycle.change_restriction(write, before, after, activity=activity)
    elif activity is not None:
        lifecycle.record_activity(write, before.subject, activity)
    else:
        lifecycle.require_unchanged(write, before)
    return Effect(after, tuple(asked), restricted=restricted)


def _beside(
    write: Transaction,
    person: Concerned,
    before: Standing,
    change: _Change,
    notice: Notice,
    now: datetime,
) -> tuple[Standing, list[JobItem]]:
    """Adds all of a change but the standing itself; returns it as it is after, and the jobs."""
    new = {
        purpose: choice
        for purpose, choice in change.choices.items()
        if settled({purpose: choice}, before) is None
    }
    after, asked = before, list[JobItem]()
    if new:
        shown = Shown(notice.version, notice.digest, before.locale, SOURCE)
        recorded = record(write, person.loaded, before, Act(new, shown), notice, now)
        after, asked = recorded.standing, list(recorded.jobs)
    if change.restrictions != (before.restrictions or ()):
        after = lifecycle.restrict(write, after, change.restrictions, now)
        asked += _told(write, before, after, notice, now)
    return after, asked


def _told(
    write: Transaction, before: Standing, after: Standing, notice: Notice, now: datetime
) -> list[JobItem]:
    """Adds the word to recipients of what is restricted now and was not, and the other way round.

    A recipient hears of the purposes for which it received data (GDPR art. 19).
    """
    received = {one.partition(":")[2] for one in before.disclosed}
    categories = {purpose.id: purpose.categories for purpose in notice.purposes.values()}
    was = concerned(before.restrictions or (), received, categories)
    is_now = concerned(after.restrictions or (), received, categories)
    asked = list[JobItem]()
    for event, purposes in (
        (webhooks.Event.RESTRICTED, is_now - was),
        (webhooks.Event.RESTRICTION_LIFTED, was - is_now),
    ):
        if purposes:
            asked += webhooks.notify(write, before, event, notice, now, purposes=purposes)
    return asked


def erasable(standing: Standing, asked: Asked, notice: Notice) -> bool:
    """Tells whether an erasure of categories can begin by itself. One Query where it is held."""
    try:
        _require_erasable(standing, asked, notice)
    except Conflict:
        return False
    return True


def withdraw(
    write: Transaction, person: Concerned, purposes: Iterable[str], notice: Notice, now: datetime
) -> Effect:
    """Adds the end of consents whose data is erased, as far as they stand; else a check.

    It writes or checks the standing, as every entry point.
    """
    before = person.standing
    if before is None:
        return Effect(None)
    agreed = scope.withdrawn(sorted(purposes), before, notice) if purposes else {}
    granted = {
        purpose: choice
        for purpose, choice in agreed.items()
        if purpose in before.decisions and before.decisions[purpose].decision is Decision.GRANTED
    }
    change = _Change(before.restrictions or (), granted)
    return _put(write, person, change, notice, now, None)


def _require_erasable(standing: Standing, asked: Asked, notice: Notice) -> None:
    if scope.still_needed(asked, notice):
        detail = "The account cannot be without this data; refuse it as still_necessary."
        raise Conflict(detail, type="move-not-allowed")
    from chalicelib.holds import service as holds  # what most requests do not need

    held = holds.held_beside(standing)
    if held and part(notice, asked.categories).meets(held):
        detail = "What is to be erased is held; lift the hold first, or refuse for its ground."
        raise Conflict(detail, type="held")


def _erased(
    write: Transaction,
    item: RequestItem,
    before: Standing | None,
    notice: Notice,
    now: datetime,
) -> Effect:
    """Adds the job of an erasure, also of a person without account, or who is gone already.

    Where other systems are asked, the job follows once nobody is waited for.
    """
    if before is not None:
        lifecycle.require_unchanged(write, before)
    asked_others = inquiries.ask(write, item, before, notice, now, waits=True)
    if asked_others:
        return Effect(before, tuple(asked_others), on_request=tuple(inquiries.updates(item)))
    subject = keys.subject_of(item.pk)
    job = jobs.new_job(subject, RETENTION_QUEUE, ERASE, keys.record_id(item.sk), now, job_id=ERASE)
    write.replace(job)
    return Effect(before, (job,))


def _job(subject: str, right: Right, request: str, now: datetime) -> JobItem | None:
    """Returns the job that carries an approved request out; None for one that is done by hand."""
    action = {**MADE, Right.RECTIFY: FULFIL_RECTIFY}.get(right)
    if action is None:
        return None
    return jobs.new_job(subject, FULFILMENT_QUEUE, action, request, now, job_id=action)


def _without_values(item: RequestItem, person: Concerned) -> Sequence[Update]:
    """Returns the updates that take the values of corrections out of a request.

    One KMS call where there are some, and a GetItem where the key was not read.
    """
    if item.right != Right.RECTIFY or item.sealed is None:
        return ()
    item_key = person.loaded.key
    if item_key is None:
        return emptied(item, vault.load_key(keys.subject_of(item.pk), RequestItem.CLASS))
    return emptied(item, vault.open_key(item_key))


def emptied(item: RequestItem, key: DataKey, left: Changes | None = None) -> Sequence[Update]:
    """Returns the updates that take the values of corrections out of a request: names stay.

    The corrections in `left` stay too.
    """
    kept = {name: value for name, value in vault.open_item(item, key).items() if name != "changes"}
    if left:
        kept["changes"] = {category: dict(fields) for category, fields in left.items()}
    if not kept:
        item.sealed = None
        return (RequestItem.sealed.remove(),)
    vault.seal_item(item, key, kept)
    return (RequestItem.sealed.set(item.sealed),)
