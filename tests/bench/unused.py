"""What unused accounts cost: warned by a hundred, mailed, kept by a button, erased by ten."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.accounts.reference_store import ReferenceItem
from chalicelib.accounts.service import warnings
from chalicelib.accounts.service.warnings import Given
from chalicelib.consents import model
from chalicelib.consents.model import Shown
from chalicelib.jobs.service import Ticket
from chalicelib.notices import service as notices
from chalicelib.retention import message
from chalicelib.sessions.model import new_token
from chalicelib.storage import keys
from chalicelib.subjects import store
from chalicelib.subjects.model import BOUNCE, Life, Standing, Warned
from tests.bench.crowd import crowd, put, write
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Run, World, done

PEOPLE, ERASED, RECORDS, LISTED = 100, 10, 20, 20
WARN = f"warn {PEOPLE} unused accounts"
MAIL, KEEP = "mail of a warning", "keep an unused account"
LIST = f"desk: page of {LISTED} lost warnings"
ERASE = f"erase {ERASED} unused accounts, {RECORDS} records each"

_SHARD, _YEARS = 5, timedelta(days=800)

_made: list[str] = []
"""The subjects that were made for these operations and that `forget` has not taken away."""


def forget(world: World) -> None:
    """Takes the people of these operations away, whom every later sweep would have to look at."""
    places = [store.standing_place(one) for one in _made]
    table = store.StandingItem.Meta.table_name
    gone = [{"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in places]
    write(world.recorder.tables, table, gone)
    _made.clear()


def _people(world: World, count: int) -> list[Standing]:
    """Accounts with an address that nobody used for more than two years."""
    notice, now = notices.current(), clock.now()
    found = crowd(world.recorder.tables, _SHARD, count, (), notice)
    _made.extend(found.subjects)
    shown = Shown(notice.version, notice.digest, "it", "registration")
    since = now - _YEARS
    return [
        replace(
            model.new_standing(subject, Life.ACTIVE, shown, since),
            last_activity_at=since,
            claim=secrets.token_hex(32),
        )
        for subject in found.subjects
    ]


def _lie(world: World, people: Iterable[Standing], due_at: datetime) -> None:
    items = []
    for one in people:
        item = store.standing_item(one)
        item.schedule(store.LANE, due_at, "last_activity", one.last_activity_at)
        items.append(item)
    put(world.recorder.tables, items)


def _batches(world: World, people: Iterable[Standing]) -> Run:
    """The batches of the sweep that have these people's places."""
    places = [store.standing_place(one.subject) for one in people]
    parts = [places[at : at + message.SIZE] for at in range(0, len(places), message.SIZE)]
    runs = [world.queue("erasure", message.written(part)) for part in parts]

    def run() -> dict[str, int]:
        for one in runs:
            done(one())
        return {}

    return run


def _warning(world: World) -> Run:
    people = _people(world, PEOPLE)
    _lie(world, people, clock.now())
    return _batches(world, people)


def _given(one: Standing, at: datetime) -> Warned:
    rule = notices.current().rule("standing", "last_activity")
    ahead = rule.warn[-1]
    return Warned(one.last_activity_at, at, ahead.after(at), ahead)


def _warned(world: World, count: int = 1) -> Iterator[tuple[Standing, Given]]:
    """People who were warned just now, and what was written then."""
    now, notice = clock.now(), notices.current()
    for one in _people(world, count):
        stands = replace(one, warned=_given(one, now))
        assert stands.warned is not None
        given = warnings.given(stands, stands.warned, "erase", notice)
        _lie(world, [stands], stands.warned.ends_at)
        put(world.recorder.tables, [given.record, *([] if given.mail is None else [given.mail])])
        yield stands, given


def _mailing(world: World) -> Run:
    ((stands, given),) = _warned(world)
    assert given.mail is not None
    return world.queue("mail", Ticket(stands.subject, given.mail.id).body())


def _keeping(world: World) -> Run:
    ((stands, given),) = _warned(world)
    token = new_token(stands.subject)
    given.record.link = token.fingerprint
    put(world.recorder.tables, [given.record])
    return world.http("accounts", "POST", "/v1/accounts/warning", body={"token": str(token)})


def _listing(world: World) -> Run:
    for _, given in _warned(world, LISTED):
        record = given.record
        record.unreached, record.shelf = BOUNCE, keys.UNREACHED_SHELF
        record.shelf_at = record.warned_at
        put(world.recorder.tables, [record])
    query, headers = {"limit": str(LISTED)}, officer(world).headers
    return world.http("desk_subjects", "GET", "/v1/desk/warnings", headers=headers, query=query)


def _erasing(world: World) -> Run:
    now = clock.now()
    people = [replace(one, warned=_given(one, now - _YEARS / 20)) for one in _people(world, ERASED)]
    _lie(world, people, now)
    for one in people:
        put(world.recorder.tables, _records(one.subject, now))
    return _batches(world, people)


def _records(subject: str, now: datetime) -> Iterator[ReferenceItem]:
    for number in range(RECORDS):
        sk = keys.record("account", "reference", f"{number:03d}")
        item = ReferenceItem(pk=keys.subject(subject), sk=sk, kind="reference", set_at=now)
        item.sealed = secrets.token_bytes(350)
        yield item


OPERATIONS: tuple[Operation, ...] = (
    Operation(WARN, "erasure", _warning, heavy=True),
    Operation(MAIL, "mail", _mailing),
    Operation(KEEP, "accounts", _keeping, 200),
    Operation(LIST, "desk_subjects", _listing, 200),
    Operation(ERASE, "erasure", _erasing, heavy=True),
)
"""What is done about accounts that nobody uses."""
