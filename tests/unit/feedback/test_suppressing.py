"""Whom a report keeps from getting mail: who holds or waits for the address, nobody else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.accounts.service import warnings
from chalicelib.accounts.store import ClaimItem, PendingItem, claim_place, pending_place
from chalicelib.accounts.warning_store import WarningItem, id_of, new_warning
from chalicelib.feedback import service
from chalicelib.feedback.model import CONNECTED
from chalicelib.feedback.service import Changed
from chalicelib.notices import service as notices
from chalicelib.notices.model import Period
from chalicelib.publications.model import Status
from chalicelib.publications.service.told import tags_of
from chalicelib.publications.store import ObligationItem, new_obligation, obligation_of
from chalicelib.storage.item import Stored
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import BOUNCE, COMPLAINT, Life, Standing, Warned
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.vault import service as vault
from functions.queues.feedback import feedback
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.feedback.samples import ADDRESS, bounce, complaint
from tests.unit.storage.tables import Tables

WAITING = "b" * 26
VERSION = "2027-03-01.1"


def mac(address: str) -> str:
    return hashlib.sha256(f"keyed\n{address}".encode()).hexdigest()


def claim(address: str = ADDRESS, **more: Any) -> ClaimItem:
    pk, sk = claim_place(mac(address))
    return ClaimItem(pk=pk, sk=sk, kind="claim", subject=SUBJECT, verified_at=NOW, **more)


def pending(subject: str, address: str = ADDRESS) -> PendingItem:
    pk, sk = pending_place(mac(address), subject)
    ends = NOW + timedelta(days=3)
    return PendingItem(pk=pk, sk=sk, kind="pending", subject=subject, expires_at=ends)


class People:
    """Who is known, and what SES says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tables = Tables()
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        monkeypatch.setattr(vault, "address_mac", mac)
        monkeypatch.setattr(notices, "current", shipped)

    def know(self, *items: Stored | Standing) -> None:
        """Somebody is known."""
        kept = (standing_item(one) if isinstance(one, Standing) else one for one in items)
        self.tables.put(*kept)

    def stands(self, subject: str = SUBJECT) -> Standing:
        """What stands about somebody now."""
        item = standing_item(standing(subject))
        return standing_of(self.tables.one(StandingItem, item.pk, item.sk))


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> People:
    made = People(monkeypatch)
    made.know(replace(standing(), claim=mac(ADDRESS)), claim())
    return made


@pytest.mark.parametrize(("said", "reason"), [(bounce(), BOUNCE), (complaint(), COMPLAINT)])
def test_who_holds_the_address_gets_no_mail(people: People, said: str, reason: str) -> None:
    before = people.stands()
    service.take(said)
    assert people.stands() == replace(before, suppressed=reason)
    kept = dict(people.tables.items)
    service.take(said)
    assert people.tables.items == kept


@pytest.mark.parametrize("spelled", ["Ada@Example.COM", "ada@EXAMPLE.com"])
def test_however_the_address_is_spelled(people: People, spelled: str) -> None:
    service.take(bounce(spelled))
    assert people.stands().suppressed == BOUNCE


def test_an_international_domain_is_the_same_in_both_spellings(people: People) -> None:
    address = "ada@münchen.example"
    people.know(replace(standing(), claim=mac(address)), claim(address))
    service.take(bounce("ada@xn--mnchen-3ya.example"))
    assert people.stands().suppressed == BOUNCE


def test_what_ses_says_to_see_who_listens_is_no_fault(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    service.take(f"{CONNECTED}\n")
    assert people.tables.steps.names == []
    assert '"event":"feedback.connected"' in capsys.readouterr().out


@pytest.mark.parametrize("said", [bounce(kind="Transient"), complaint("not-spam")])
def test_what_may_pass_is_counted_and_nothing_else(
    people: People, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(people.tables.items)
    service.take(said)
    assert people.tables.items == before
    assert '"event":"feedback.passing"' in capsys.readouterr().out


def test_an_address_that_nobody_has_is_logged_without_it(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(people.tables.items)
    service.take(bounce("nobody.at.all@example.com"))
    said = capsys.readouterr().out
    assert people.tables.items == before
    assert '"event":"feedback.unknown","reason":"bounce"' in said
    assert "nobody" not in said


def test_who_waits_to_prove_the_address_gets_none_either(people: People) -> None:
    for subject in (WAITING, "c" * 26):
        people.know(standing(subject, Life.PENDING), pending(subject))
    people.know(standing("d" * 26, Life.PENDING), pending("d" * 26, "other@example.com"))
    service.take(bounce())
    found = {one: people.stands(one * 26).suppressed for one in "bcd"}
    assert found == {"b": BOUNCE, "c": BOUNCE, "d": None}
    assert people.stands().suppressed == BOUNCE


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (BOUNCE, complaint(), COMPLAINT),
        (COMPLAINT, bounce(), COMPLAINT),
        (COMPLAINT, complaint(), COMPLAINT),
    ],
)
def test_a_complaint_stays(people: People, before: str, said: str, after: str) -> None:
    people.know(replace(people.stands(), suppressed=before))
    service.take(said)
    assert people.stands().suppressed == after


def test_a_bounce_does_not_take_the_place_of_a_complaint_that_comes_with_it(
    people: People,
) -> None:
    complained = replace(people.stands(), suppressed=COMPLAINT)
    people.tables.steps.meanwhile["commit"] = [lambda: people.know(complained)]
    with pytest.raises(Changed):
        service.take(bounce())
    service.take(bounce())
    assert people.stands().suppressed == COMPLAINT


@pytest.mark.parametrize(
    "changed",
    [{"claim": mac("other@example.com")}, {"claim": None}, {"life": Life.ERASING}],
    ids=["moved", "no claim", "being erased"],
)
def test_who_has_the_address_no_more_is_left_alone(people: People, changed: dict[str, Any]) -> None:
    people.know(replace(people.stands(), **changed))
    service.take(bounce())
    assert people.stands().suppressed is None


def test_an_address_that_was_given_up_is_nobody_s(people: People) -> None:
    people.know(claim(reserved_until=NOW + timedelta(hours=72)))
    service.take(bounce())
    assert people.stands().suppressed is None


def test_who_moves_at_that_moment_is_looked_at_again(people: People) -> None:
    def move() -> None:
        people.know(replace(people.stands(), claim=mac("new@example.com")))

    people.tables.steps.meanwhile["commit"] = [move]
    with pytest.raises(Changed):
        service.take(bounce())
    assert people.stands().suppressed is None
    service.take(bounce())
    assert people.stands().suppressed is None


class TestLifting:
    """What ends it."""

    def write(self, people: People) -> Any:
        return people.tables.transaction(shipped())

    @pytest.fixture
    def silent(self, people: People) -> Standing:
        people.know(replace(people.stands(), suppressed=COMPLAINT))
        return people.stands()

    def test_moving_to_another_address(self, people: People, silent: Standing) -> None:
        write = self.write(people)
        lifecycle.move(write, silent, mac("new@example.com"), NOW)
        write.commit()
        assert people.stands().suppressed is None

    def test_coming_back_to_the_former_one(self, people: People, silent: Standing) -> None:
        write = self.write(people)
        lifecycle.begin_generation(write, silent, NOW, mac("former@example.com"))
        write.commit()
        assert people.stands().suppressed is None

    @pytest.mark.parametrize(
        ("reason", "reached", "after"),
        [
            (BOUNCE, True, None),
            (BOUNCE, False, BOUNCE),
            (COMPLAINT, True, COMPLAINT),
            (COMPLAINT, False, COMPLAINT),
        ],
    )
    def test_a_mail_that_came_shows_that_the_address_works_and_takes_back_no_complaint(
        self, people: People, reason: str, reached: bool, after: str | None
    ) -> None:
        people.know(replace(people.stands(), suppressed=reason))
        write = self.write(people)
        lifecycle.begin_generation(write, people.stands(), NOW, reached=reached)
        write.commit()
        assert people.stands().suppressed == after

    def test_proving_an_address(self, people: People) -> None:
        people.know(replace(standing(life=Life.PENDING), suppressed=BOUNCE))
        item = standing_item(people.stands())
        write = self.write(people)
        lifecycle.activate(write, item, mac(ADDRESS), shipped(), NOW)
        write.commit()
        assert (people.stands().life, people.stands().suppressed) == (Life.ACTIVE, None)


class TestOfAVersion:
    """A mail that told of a version and came back."""

    def told(self, status: Status, **more: Any) -> ObligationItem:
        item = new_obligation(SUBJECT, VERSION, (), NOW, NOW)
        item.status = str(status)
        for name, value in more.items():
            setattr(item, name, value)
        return item

    def came_back(self, version: str = VERSION) -> None:
        tags = {name: [said] for name, said in tags_of(version).items()}
        service.take(bounce(tags=tags))

    @pytest.mark.parametrize("status", [Status.SENT, Status.DUE])
    def test_is_noted(self, people: People, status: Status) -> None:
        people.know(self.told(status))
        self.came_back()
        (item,) = people.tables.all(ObligationItem)
        found = obligation_of(item)
        assert (found.status, found.bounced_at) == (Status.BOUNCED, NOW)

    def test_also_when_the_mailbox_may_be_free_again(self, people: People) -> None:
        people.know(self.told(Status.SENT))
        tags = {name: [said] for name, said in tags_of(VERSION).items()}
        service.take(bounce(kind="Transient", tags=tags))
        (item,) = people.tables.all(ObligationItem)
        assert obligation_of(item).status is Status.BOUNCED
        assert people.stands().suppressed is None

    def test_who_complains_has_got_it(self, people: People) -> None:
        people.know(self.told(Status.SENT))
        tags = {name: [said] for name, said in tags_of(VERSION).items()}
        service.take(complaint(tags=tags))
        (item,) = people.tables.all(ObligationItem)
        assert obligation_of(item).status is Status.SENT
        assert people.stands().suppressed == COMPLAINT

    def test_who_saw_it_has_seen_it(self, people: People) -> None:
        people.know(self.told(Status.SEEN, seen_at=NOW))
        self.came_back()
        (item,) = people.tables.all(ObligationItem)
        assert obligation_of(item).status is Status.SEEN

    def test_only_of_that_version(self, people: People) -> None:
        people.know(self.told(Status.SENT))
        self.came_back("2027-03-01")
        service.take(bounce())
        (item,) = people.tables.all(ObligationItem)
        assert obligation_of(item).status is Status.SENT


class TestOfAWarning:
    """A mail that warned of the end of an unused account and came back."""

    @pytest.mark.parametrize("kind", ["Permanent", "Transient"])
    def test_counts_as_a_warning_that_reached_nobody(self, people: People, kind: str) -> None:
        given = Warned(NOW - timedelta(days=700), NOW, NOW + timedelta(days=30), Period(days=30))
        people.know(new_warning(SUBJECT, given, "erase", None))
        tags = {name: [said] for name, said in warnings.tags_of(id_of(given)).items()}
        service.take(bounce(kind=kind, tags=tags))
        (item,) = people.tables.all(WarningItem)
        assert (item.unreached, item.shelf, item.shelf_at) == (BOUNCE, "unreached", NOW)

    def test_of_nobody_s_is_no_fault(self, people: People) -> None:
        service.take(bounce(tags={"warning": ["0000000000001"]}))
        assert people.tables.all(WarningItem) == []
        assert people.stands().suppressed == BOUNCE


def test_one_message_that_is_none_leaves_the_others(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [
        {"messageId": name, "body": body, "receiptHandle": name}
        for name, body in (("bad", "<html>ada@example.com"), ("good", bounce()))
    ]
    answer = feedback({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert people.stands().suppressed == BOUNCE
    said = capsys.readouterr().out
    assert "NotFeedback" in said
    assert "ada@" not in said
