"""Beyond the limits of decisions: what each door answers to a yes, to a no, and to both at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.consents.service.context import visitor_subject
from chalicelib.consents.signals import signalled
from chalicelib.limits import sample
from chalicelib.limits.store import LimitItem
from tests.unit.core.samples import SUBJECT, shipped
from tests.unit.functions.doors import ADS, OFFERS, SURVEYS, VISITOR, Asked, Doors
from tests.unit.functions.wrongs import ALL, OWN

MOST = 20
REFUSED = {"denied", "withdrawn", "objected"}
OTHER = "promotion"
YES, NO = {OTHER: "granted"}, {SURVEYS: "denied"}


@pytest.fixture(params=["person", "network"])
def beyond(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The limit that is reached: of each person, or of the network that all come from."""
    monkeypatch.setenv("RISERBO_LIMITS", f"capture.{request.param}={MOST}")
    sample.forget()
    yield request.param
    sample.forget()


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch, beyond: str) -> Doors:
    """The doors when the limit is reached, by yeses that were recorded."""
    made = Doors(monkeypatch)
    for name in OWN if beyond == "person" else OWN[:1]:
        for _ in range(MOST):
            answer = made.send(made.doors()[name].but(decisions=YES))
            if answer.status == 429:  # an account has used up what it may by its captures
                break
            assert answer.status in (200, 201)
    return made


def entries(doors: Doors) -> int:
    return len(doors.entries())


@pytest.mark.parametrize("name", OWN)
def test_a_yes_is_refused_and_nothing_is_recorded(doors: Doors, beyond: str, name: str) -> None:
    before = entries(doors)
    sent = doors.send(doors.doors()[name].but(decisions={ADS: "granted", SURVEYS: "granted"}))
    assert sent.status == 429
    assert sent.json["type"].endswith(":too-many-requests")
    assert 0 < int(sent.headers["Retry-After"][0]) <= 3600
    assert "recorded" not in sent.json
    assert entries(doors) == before


@pytest.mark.parametrize("name", ALL)
def test_a_no_is_recorded_through_every_door(doors: Doors, beyond: str, name: str) -> None:
    asked = doors.doors()[name]
    before = entries(doors)
    for _ in range(3):
        sent = doors.send(asked)
        assert sent.status in (200, 201), (name, sent.text)
        assert doors.decided(asked.subject, asked.purpose) in REFUSED
    once = beyond == "person" or name in ("signal", "desk", "one click", "link's page")
    assert entries(doors) - before == (1 if once else 3)


@pytest.mark.parametrize("name", OWN)
def test_of_both_the_no_is_recorded_and_the_yes_refused(
    doors: Doors, beyond: str, name: str
) -> None:
    asked = doors.doors()[name].but(decisions={**NO, ADS: "granted"})
    before = entries(doors)
    for _ in range(2):
        sent = doors.send(asked)
        assert sent.status == 429
        answered = sent.json["recorded"]
        told = answered["decisions"] if name == "preferences" else answered["standing"]
        effect = told[SURVEYS]
        assert (effect if isinstance(effect, str) else effect["decision"]) in REFUSED
    assert doors.decided(asked.subject, SURVEYS) == "withdrawn"
    assert doors.stands(asked.subject).decisions[ADS].seq == 1, "the yes of before stands"
    if name != "preferences" or beyond == "person":
        assert entries(doors) == before + 1


def test_a_yes_with_the_signal_leaves_the_signal_s_no(doors: Doors, beyond: str) -> None:
    asked = doors.doors()["capture of a browser"].sending(Sec_GPC="1")
    sent = doors.send(asked.but(decisions=YES))
    assert sent.status == 429
    assert sent.json["recorded"]["standing"][ADS]["origin"] == "signal"
    assert doors.decided(VISITOR, ADS) == "withdrawn"
    before = entries(doors)
    doors.send(asked.but(decisions=YES))
    assert entries(doors) == before


@pytest.mark.parametrize("token", ["n" * 43, None])
def test_a_new_browser_says_no(doors: Doors, beyond: str, token: str | None) -> None:
    """It may be one that answers a banner for the first time: nobody has counted it."""
    asked = doors.doors()["capture of a browser"].sending(Riserbo_Visitor=token)
    sent = doors.send(asked)
    assert sent.status == 201
    subject = visitor_subject(token or sent.json["visitor"])
    assert doors.decided(subject, SURVEYS) == "denied"
    both = doors.send(asked.but(decisions={**NO, **YES}).sending(Riserbo_Visitor="m" * 43))
    assert both.status == (201 if beyond == "person" else 429)
    assert doors.decided(visitor_subject("m" * 43), SURVEYS) == "denied"
    assert (OTHER in doors.stands(visitor_subject("m" * 43)).decisions) == (beyond == "person")


def test_settings_beside_a_no_are_set(doors: Doors, beyond: str) -> None:
    asked = doors.doors()["preferences"].but(locale="en", notifications={"new_sign_in": False})
    for _ in range(2):
        assert doors.send(asked).status == 200
    stands = doors.stands(SUBJECT)
    assert (stands.locale, stands.muted) == ("en", frozenset({"new_sign_in"}))


def test_settings_beside_a_yes_are_not(doors: Doors, beyond: str) -> None:
    asked = doors.doors()["preferences"].but(decisions=YES, locale="en")
    assert doors.send(asked).status == 429
    assert doors.stands(SUBJECT).locale != "en"


@pytest.mark.parametrize("beyond", ["person"], indirect=True)
def test_a_flood_of_one_browser_ends(doors: Doors, beyond: str) -> None:
    """An entry is left for each purpose, and a second one for what the signal refused."""
    asked = doors.doors()["capture of a browser"]
    purposes, before = sorted(shipped().choices), entries(doors)
    for number in range(150):
        said = {
            one: "granted" if (number + index) % 3 == 0 else "denied"
            for index, one in enumerate(purposes)
            if (number >> (index % 7)) % 2
        }
        sent = asked.but(decisions=said or NO, event_id=f"act-{number}")
        doors.send(sent.sending(Sec_GPC="1") if number % 2 else sent)
    assert entries(doors) - before <= len(purposes) + len(signalled(shipped()))


@pytest.mark.parametrize("name", OWN)
def test_it_is_traced(
    doors: Doors, beyond: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    asked: Asked = doors.doors()[name]
    doors.send(asked.but(decisions=YES))
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in capsys.readouterr().out.splitlines()
    ]
    (line,) = [one for one in lines if one["event"] == "limit.reached"]
    assert line["limit"] == f"capture.{beyond}"
    assert ("subject" in line, "network" in line) == (beyond == "person", beyond == "network")
    doors.send(asked)
    assert "limit.reached" not in capsys.readouterr().out


def test_a_network_counts_each_yes_and_no_refusal(
    doors: Doors, beyond: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = [int(one.tries) for one in doors.tables.all(LimitItem)]
    assert counted == ([MOST] if beyond == "network" else counted)
    monkeypatch.setattr(ids, "new_draw", lambda: 0.0)
    for name in ALL:
        doors.send(doors.doors()[name])
    assert [int(one.tries) for one in doors.tables.all(LimitItem)] == counted


def test_the_remembered_answer_of_a_yes_is_given_beyond_it(doors: Doors, beyond: str) -> None:
    """A repetition with its event id is answered as before: it records nothing."""
    doors.again()
    sample.forget()
    asked = doors.doors()["capture of a browser"].but(decisions=YES)
    first = doors.send(asked.but(event_id="one"))
    for _ in range(MOST):
        doors.send(asked)
    assert doors.send(asked).status == 429
    again = doors.send(asked.but(event_id="one"))
    assert (again.status, again.json["entry_id"]) == (201, first.json["entry_id"])


def test_the_links_of_mails_about_a_purpose_that_was_agreed_to_again(
    doors: Doors, beyond: str
) -> None:
    asked = doors.doors()["one click"]
    assert doors.send(replace(asked, body="")).status == 200
    assert doors.decided(SUBJECT, OFFERS) in REFUSED
