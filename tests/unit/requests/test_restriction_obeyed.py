"""Every door that asks the decision point reads what a person has restricted, where they have."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.accounts import kinds as accounts
from chalicelib.api_keys import model as key_model
from chalicelib.api_keys.store import ApiKeyItem, key_place
from chalicelib.catalogue import STORED
from chalicelib.consents.model import Choice
from chalicelib.consents.presentation import captured_shown, standing_shown
from chalicelib.consents.service.capture import Caller, capture, standing
from chalicelib.decisions import service as decisions
from chalicelib.decisions.notifications import NOTICE_CHANGES, may_notify
from chalicelib.decisions.permission import Question
from chalicelib.disclosures import service as disclosures
from chalicelib.disclosures.model import Disclosure
from chalicelib.errors import Conflict
from chalicelib.kinds.model import Reader, Record
from chalicelib.notices.changes import changes
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.publications.service import concerned
from chalicelib.publications.service.concerned import Version
from chalicelib.subjects import kinds as subjects
from chalicelib.subjects.store import RestrictionItem, StandingItem, restriction_place
from chalicelib.unsubscribe.service import opt_out
from tests.product import product_document
from tests.unit.core.samples import SUBJECT
from tests.unit.requests.rights import CONSENT, INTEREST, MARKETING, Rights

DUTY = "rights_and_proof"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Rights:
    found = Rights(monkeypatch)
    found.decide(CONSENT)
    found.decide(MARKETING)
    return found


@pytest.fixture
def key(world: Rights) -> str:
    """An API key for all that a site does."""
    credential = key_model.new_credential()
    pk, sk = key_place(credential.id)
    scopes = " ".join(sorted(key_model.SCOPES))
    item = ApiKeyItem(
        pk=pk, sk=sk, kind="api_key", name="site", scopes=scopes, created_at=world.now
    )
    item.fingerprint = credential.fingerprint
    world.tables.put(item)
    return str(credential)


def calls(world: Rights, act: Any) -> list[str]:
    """The calls of an act."""
    world.steps.names.clear()
    act()
    return world.steps.names


def test_the_decision_point_reads_once_more_of_somebody_restricted(world: Rights, key: str) -> None:
    asked = [Question(SUBJECT, CONSENT), Question(SUBJECT, INTEREST)]
    assert calls(world, lambda: decisions.decide(key, asked, world.notice)) == ["batch"]
    world.ask("restrict", purposes=(INTEREST,))
    assert calls(world, lambda: decisions.decide(key, asked, world.notice)) == ["batch", "batch"]
    found = decisions.decide(key, asked, world.notice).answers
    assert [list(map(str, one.reasons)) for one in found] == [["granted"], ["restricted"]]


def test_what_is_covered_is_not_disclosed(world: Rights, key: str) -> None:
    given = Disclosure(SUBJECT, "aws", "identity", "run_account", (), world.now)
    disclosures.record(key, given, world.notice)
    world.ask("restrict", purposes=("run_account",))
    with pytest.raises(Conflict) as refused:
        disclosures.record(key, given, world.notice)
    assert refused.value.members == {"reasons": ["restricted"]}


def test_a_disclosure_that_meets_a_restriction_is_refused(world: Rights, key: str) -> None:
    given = Disclosure(SUBJECT, "aws", "identity", "run_account", (), world.now)
    world.ask("restrict", purposes=(INTEREST,))
    world.steps.meanwhile["commit"] = [lambda: world.ask("restrict", purposes=("run_account",))]
    with pytest.raises(Conflict):
        disclosures.record(key, given, world.notice)
    assert world.stands().disclosed == frozenset()


def test_a_mail_that_may_not_be_sent_gets_no_link(world: Rights, key: str) -> None:
    world.ask("restrict", purposes=(MARKETING,))
    with pytest.raises(Conflict) as refused:
        opt_out.issue(key, SUBJECT, MARKETING, None, world.notice)
    assert refused.value.members == {"reasons": ["restricted"]}


def test_an_announcement_asks_too(world: Rights) -> None:
    document = product_document()
    document["version"] = "2027-03-01"
    document["controller"]["name"] = "Another company"
    later = compile_notice(document, STORED)
    told = Version(world.notice, later, changes(world.notice, later))

    def sent() -> bool:
        ((found,), _) = concerned.people([SUBJECT], told)
        return may_notify(found.standing, NOTICE_CHANGES, world.notice, world.now)

    assert sent()
    world.ask("restrict", purposes=(INTEREST,))
    assert sent(), "that is another purpose"
    world.ask("restrict", purposes=(DUTY,))
    assert not sent()


def test_consents_show_it_and_the_copy_tells_it(world: Rights) -> None:
    request = world.ask("restrict", purposes=(CONSENT,))
    notice: Notice = world.notice
    shown: Any = standing_shown(standing(Caller(bearer=world.token), notice), notice, world.now)
    assert shown["standing"][CONSENT]["decision"] == "restricted"
    assert shown["standing"][CONSENT]["recorded"] == "granted"
    assert shown["standing"][MARKETING]["decision"] == "granted"
    caller = Caller(bearer=world.token)
    captured = capture(caller, {CONSENT: Choice.GRANTED}, world.shown, None, notice)
    told: Any = captured_shown(captured, notice, world.now)
    assert told["standing"][CONSENT]["decision"] == "restricted"
    reader = Reader(SUBJECT, notice, "en", world.now)
    item = world.tables.one(RestrictionItem, *restriction_place(SUBJECT))
    (copied,) = subjects.RESTRICTIONS.told(
        Record("restriction", "", {"restrictions": item.restrictions}), reader
    )
    (one,) = copied.fields["restrictions"]
    assert (one["request"], one["purposes"], one["everything"]) == (request, [CONSENT], False)
    raw = world.tables.one(StandingItem, f"S#{SUBJECT}", "core#standing#")
    fields = {
        "state": raw.state,
        "locale": raw.locale,
        "notice_version": raw.notice_version,
        "decisions": raw.decisions,
        "restricted": raw.restricted,
    }
    (stands,) = accounts.STANDINGS.told(Record("standing", "", fields), reader)
    assert stands.fields["decisions"][CONSENT]["decision"] == "restricted"
    assert stands.fields["decisions"][MARKETING]["decision"] == "granted"
    assert "restricted" not in stands.fields
