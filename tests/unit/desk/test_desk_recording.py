"""The desk records refusals: the use case and its mail as they are, on tables in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.accounts import store as accounts
from chalicelib.accounts.service import letters, mails
from chalicelib.accounts.store import ClaimItem, ProfileItem
from chalicelib.consents.desk import Channel, Received, recorded_by
from chalicelib.consents.model import Choice, Entry, verify
from chalicelib.consents.service.capture import Captured
from chalicelib.consents.store import EntryItem, entry_of
from chalicelib.desk import service as desk
from chalicelib.desk.service import Refusal
from chalicelib.errors import NotFound
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.mail.model import Message
from chalicelib.storage import keys
from chalicelib.subjects.model import Decided, Decision, Life, Origin, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from tests.unit.accounts.world import ADDRESS, mac
from tests.unit.core.samples import DISOWNED, NOW, SUBJECT, VISITOR, shipped, standing
from tests.unit.storage.tables import Killed, Tables

STAFF = "b" * 26
RECEIVED = Received(Channel.PHONE, NOW - timedelta(days=1), "7-B")
BEFORE = {
    "surveys": Decided(Decision.GRANTED, 0, NOW, "2026-11-22"),
    "promotion": Decided(Decision.GRANTED, 0, NOW, "2026-11-22"),
}


@dataclass
class Desk:
    """Somebody with an account, and what the desk's act did to them."""

    tables: Tables
    sent: list[JobItem] = field(default_factory=list)

    def lay(self, *, stands: Standing, address: bool = True) -> None:
        """Somebody is known, with the keys of the ledger and of the account."""
        subject = stands.subject
        self.tables.put(standing_item(stands))
        for name in ("account", "evidence"):
            key = DataKeyItem(
                keys.subject(subject), name, kind="data_key", material=b"k" * 32, created_at=NOW
            )
            self.tables.put(key)
        if not address:
            return
        pk, sk = accounts.profile_place(subject, "identity")
        profile = ProfileItem(pk, sk, kind="profile")
        vault.seal_item(profile, DataKey(subject, "account", b"k" * 32), {"email": ADDRESS})
        place = accounts.claim_place(mac(ADDRESS))
        claim = ClaimItem(*place, kind="claim", subject=subject, password_hash="x", verified_at=NOW)
        self.tables.put(profile, claim)

    def record(
        self, subject: str | None = SUBJECT, email: str | None = None, **choices: str
    ) -> Captured:
        """What the desk does; without choices it withdraws `surveys`."""
        said = {name: Choice(one) for name, one in (choices or {"surveys": "denied"}).items()}
        return desk.record(Refusal(subject, email, said, RECEIVED), STAFF, shipped())

    def entries(self, subject: str = SUBJECT) -> list[Entry]:
        """The ledger, opened."""
        key = DataKey(subject, "evidence", b"k" * 32)
        found = sorted(self.tables.all(EntryItem), key=lambda item: item.sk)
        return [entry_of(item, vault.open_item(item, key)) for item in found]

    def standing(self, subject: str = SUBJECT) -> Standing:
        """What stands now."""
        item = self.tables.one(StandingItem, keys.subject(subject), "core#standing#")
        return standing_of(item)

    def letter(self) -> Message | None:
        """The mail of the only job that was sent, composed now."""
        (job,) = self.sent
        assert job.action == mails.DECISION_RECORDED
        return letters.COMPOSERS[job.action](Task(job.subject, job.action, job.target), shipped())


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Desk:
    tables = Tables()
    tables.play(monkeypatch)
    made = Desk(tables)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(vault, "address_mac", mac)
    monkeypatch.setattr(jobs, "send", made.sent.append)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    made.lay(stands=replace(standing(), decisions=BEFORE, claim=mac(ADDRESS)))
    return made


def test_a_denial_after_a_yes_is_a_withdrawal_with_its_provenance(world: Desk) -> None:
    recorded = world.record(surveys="denied", improvement="objected", products_email="objected")
    assert {name: one.decision for name, one in recorded.standing.decisions.items()} == {
        "surveys": Decision.WITHDRAWN,
        "promotion": Decision.GRANTED,
        "improvement": Decision.OBJECTED,
        "products_email": Decision.OBJECTED,
    }
    (entry,) = world.entries()
    assert recorded.entry_id == entry.id
    assert entry.source == "desk"
    assert (entry.opened["channel"], entry.opened["locale"]) == ("phone", "it")
    assert entry.opened["desk"]["reference"] == "7-B"
    assert entry.opened["desk"]["by"] == recorded_by(SUBJECT, STAFF)
    assert verify([entry], world.standing().head)
    assert all(one.origin is Origin.OWN for one in recorded.standing.decisions.values())


def test_nothing_in_the_clear_says_who_or_how(world: Desk) -> None:
    world.record()
    (item,) = world.tables.all(EntryItem)
    assert STAFF not in repr(item.serialize())
    assert {"channel", "desk"} & item.serialize().keys() == set()
    assert STAFF not in repr(world.entries())


@pytest.mark.parametrize(
    "again",
    [
        {"surveys": "denied"},
        {"improvement": "objected"},
        {"surveys": "denied", "promotion": "denied"},
    ],
)
def test_the_same_refusal_again_is_the_same_entry_and_no_other_mail(
    world: Desk, again: dict[str, str]
) -> None:
    first = world.record(**again)
    assert world.record(**again).entry_id == first.entry_id
    assert world.record(None, ADDRESS, **again).entry_id == first.entry_id
    assert len(world.entries()) == len(world.sent) == 1


def test_a_person_is_found_by_any_spelling_of_the_address(world: Desk) -> None:
    assert world.record(None, ADDRESS.upper()).standing.subject == SUBJECT
    with pytest.raises(NotFound):
        world.record(None, "somebody.else@example.com")
    with pytest.raises(NotFound):
        world.record("z" * 26)
    assert len(world.entries()) == 1


def test_an_address_that_is_only_kept_free_is_nobodys(world: Desk) -> None:
    pk, sk = accounts.claim_place(mac(ADDRESS))
    claim = world.tables.one(ClaimItem, pk, sk)
    claim.reserved_until = NOW + timedelta(hours=1)
    world.tables.put(claim)
    with pytest.raises(NotFound):
        world.record(None, ADDRESS)


@pytest.mark.parametrize("gone", ["erasing", "key"])
def test_who_is_being_erased_is_not_known_any_more(world: Desk, gone: str) -> None:
    if gone == "erasing":
        world.tables.put(standing_item(replace(world.standing(), life=Life.ERASING)))
    else:
        del world.tables.items[True, keys.subject(SUBJECT), "evidence"]
    with pytest.raises(NotFound):
        world.record()
    assert world.tables.all(EntryItem) == world.sent == []


def test_nobody_agrees_in_anothers_name(world: Desk) -> None:
    with pytest.raises(ValueError, match="another's name"):
        world.record(surveys="granted")
    assert world.tables.all(EntryItem) == []


def test_the_person_is_told_what_was_recorded(world: Desk) -> None:
    world.record(surveys="denied", improvement="objected")
    told = world.letter()
    assert told is not None
    notice = shipped()
    assert (told.address, told.locale) == (ADDRESS, "it")
    assert told.words["ended"] == [notice.text(notice.purposes["surveys"].title, "it")]
    assert told.words["objected"] == [notice.text(notice.purposes["improvement"].title, "it")]


def test_nothing_is_told_of_what_was_decided_again(world: Desk) -> None:
    world.record()
    stands = world.standing()
    later = {"surveys": Decided(Decision.GRANTED, stands.seq + 1, NOW, "2026-11-22")}
    world.tables.put(standing_item(replace(stands, decisions=later)))
    assert world.letter() is None


@pytest.mark.parametrize("why", ["bounce", "complaint"])
def test_nothing_is_sent_to_an_address_where_mail_has_stopped(world: Desk, why: str) -> None:
    world.record()
    world.tables.put(standing_item(replace(world.standing(), suppressed=why)))
    assert world.letter() is None


@pytest.mark.parametrize(
    ("stands", "told"),
    [
        (standing(life=Life.PENDING), False),
        (standing(life=Life.PENDING, limits=DISOWNED), False),
        (standing(life=Life.ACTIVE, limits=DISOWNED), False),
        (standing(VISITOR), False),
        (standing(life=Life.DEACTIVATED), True),
        (standing(life=Life.ACTIVE), True),
    ],
)
def test_only_who_has_an_account_is_written_to(world: Desk, stands: Standing, told: bool) -> None:
    subject = stands.subject
    world.lay(stands=replace(stands, decisions=BEFORE), address=False)
    recorded = world.record(subject)
    assert recorded.standing.decisions["surveys"].decision is Decision.WITHDRAWN
    assert len(world.sent) == len(world.tables.all(JobItem)) == int(told)


def test_a_visitors_language_stays_theirs(world: Desk) -> None:
    visiting = replace(standing(VISITOR), locale="en", decisions=BEFORE)
    world.lay(stands=visiting, address=False)
    assert world.record(VISITOR).standing.locale == "en"


def test_whenever_it_dies_one_more_try_makes_one_entry_and_one_mail(world: Desk) -> None:
    untouched = dict(world.tables.items)
    world.tables.steps.names.clear()
    world.record(None, ADDRESS)
    calls = list(world.tables.steps.names)
    assert calls.count("commit") == 1
    for step in range(len(calls) + 1):
        world.tables.items = dict(untouched)
        world.sent.clear()
        world.tables.steps.kill_before(step)
        if step < len(calls):
            with pytest.raises(Killed):
                world.record(None, ADDRESS)
        world.tables.steps.revive()
        world.record(None, ADDRESS)
        assert len(world.entries()) == 1
        assert len(world.tables.all(JobItem)) == 1
        assert world.standing().decisions["surveys"].decision is Decision.WITHDRAWN


def test_a_race_for_the_head_is_run_again_and_both_stand(world: Desk) -> None:
    def another() -> None:
        stands = world.standing()
        moved = replace(stands, head="f" * 64)
        world.tables.put(standing_item(moved))

    world.tables.steps.meanwhile["commit"] = [another]
    world.record()
    assert [entry.previous for entry in world.entries()] == ["f" * 64]
    assert len(world.sent) == 1
