"""Holds that an officer sets and lifts on a person's page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.holds.model import MOST_HOLDS, Ground, classes
from chalicelib.holds.store import HoldItem, hold_of
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.web.wiring import wired
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.desk.clerk import forms
from tests.unit.desk.member import session, words
from tests.unit.desk.office import OFFICER, OTHER, READER, Office
from tests.unit.desk.people import opens, sends
from tests.unit.requests.asker import HOSTILE
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import Sent

PUBLIC, DAY = "https://privacy.example", timedelta(days=1)
REASON = "The claim of 3 November: file 2026-114."


@pytest.fixture(autouse=True)
def known(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)
    office.ask("port")  # there is a key, and something to hold


def holds(office: Office, person: str = SUBJECT, **members: Any) -> Sent:
    """What the form of a hold is answered; a member that is None is left out."""
    given: dict[str, Any] = {"act": "hold", "ground": "claims", "reason": REASON}
    given |= {"until_on": "2027-11-22", "classes": ("evidence",), **members}
    more = [(f"classes.{one}", "yes") for one in given.pop("classes")]
    fields: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    return sends(office, person, more=more, **fields)


def lifts(office: Office, hold: str, person: str = SUBJECT, **members: Any) -> Sent:
    """What the form that lifts a hold is answered."""
    return sends(office, person, act="lift", hold=hold, **members)


def stored(office: Office) -> list[Any]:
    """The holds that stand."""
    found = [hold_of(one) for one in office.tables.all(HoldItem)]
    return [one for one in found if one.stands(office.now)]


def acts(office: Office) -> list[tuple[str, str]]:
    """The acts of the audit that are more than a look, and by whom."""
    return [(one.by, one.action) for one in office.audited() if one.action != "subject_read"]


def done(sent: Sent) -> str:
    """The word with which a form leads back to the person."""
    assert sent.status == 303, (sent.status, words(sent))
    found = re.fullmatch(
        rf"{PUBLIC}/desk/people/{SUBJECT}\?done=(\w+)&lang=en", sent.headers["Location"]
    )
    assert found is not None
    return found[1]


def test_a_hold_is_set_to_the_end_of_its_last_day_and_shown_with_its_reason(
    office: Office,
) -> None:
    assert done(holds(office, reason=f"{REASON}\r\n{HOSTILE}")) == "hold"
    (hold,) = stored(office)
    assert (hold.classes, hold.ground, hold.by) == ({"evidence"}, "claims", OFFICER)
    assert hold.until.isoformat() == "2027-11-22T22:59:59.999000+00:00"
    page = opens(office, SUBJECT, by=READER, done="hold")
    text = words(page)
    assert "until 22 November 2027" in text
    assert REASON in text
    assert HOSTILE not in page.text
    assert "Held yes" in text
    assert acts(office) == [(OFFICER, "hold_placed")]
    assert REASON not in repr(office.audited())


def test_the_same_hold_once_more_renews_it(office: Office) -> None:
    assert done(holds(office)) == "hold"
    assert done(holds(office, by=OTHER, until_on="2028-01-31", reason="More.")) == "renewed"
    (hold,) = stored(office)
    assert (hold.until.date().isoformat(), hold.by) == ("2028-01-31", OTHER)
    assert done(holds(office, ground="dispute", classes=("support", "account"))) == "hold"
    assert len(stored(office)) == 2


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"classes": ()}, "classes"),
        ({"classes": ("core",)}, "classes"),
        ({"ground": None}, "ground"),
        ({"ground": "curiosity"}, "ground"),
        ({"reason": None}, "reason"),
        ({"reason": "  \n "}, "reason"),
        ({"reason": "x" * 10_000}, "reason"),
        ({"reason": "a\x07b"}, "reason"),
        ({"until_on": None}, "until_on"),
        ({"until_on": "2026-11-21"}, "until_on"),
        ({"until_on": "2028-11-23"}, "until_on"),
        ({"until_on": "2027-02-29"}, "until_on"),
        ({"until_on": "9999-12-31"}, "until_on"),
        ({"until_on": "soon"}, "until_on"),
    ],
)
def test_what_does_not_fit_is_a_finding_and_nothing_is_held(
    office: Office, broken: dict[str, Any], field: str
) -> None:
    sent = holds(office, **broken)
    assert sent.status == 400
    assert f'id="errors-{field}"' in sent.text
    if "reason" not in broken:
        assert REASON in words(sent)
    assert stored(office) == []
    assert acts(office) == []


@pytest.mark.parametrize("reason", ["\u202e\u0639\u202c", "\U0001f4ce", "<b>x</b> & y", "x" * 1000])
def test_a_reason_is_any_text(office: Office, reason: str) -> None:
    assert done(holds(office, reason=reason)) == "hold"
    assert "<b>x" not in opens(office, SUBJECT).text


@pytest.mark.parametrize("day", ["2026-11-22", "2028-02-29", "2028-11-22"])
def test_today_a_leap_day_and_the_last_day_that_is_allowed_are_days(
    office: Office, day: str
) -> None:
    assert done(holds(office, until_on=day)) == "hold"


def test_of_two_officers_who_lift_a_hold_one_does(office: Office) -> None:
    holds(office)
    (hold,) = stored(office)
    assert f'value="{hold.id}"' in opens(office, SUBJECT).text
    assert done(lifts(office, hold.id)) == "lift"
    assert done(lifts(office, hold.id, by=OTHER)) == "gone"
    assert "had been lifted" in words(opens(office, SUBJECT, done="gone"))
    assert stored(office) == []
    assert acts(office) == [(OFFICER, "hold_placed"), (OFFICER, "hold_lifted")]


def test_a_hold_of_another_person_or_none_is_not_lifted(office: Office) -> None:
    holds(office)
    (hold,) = stored(office)
    assert lifts(office, hold.id, person=OTHER).status == 303
    assert done(lifts(office, "z" * 26)) == "gone"
    for none in ("", "x", f"{SUBJECT}.{hold.id}", HOSTILE):
        assert lifts(office, none).status == 400
    assert stored(office) == [hold]


@pytest.mark.parametrize("life", [Life.ERASING, Life.ERASED])
def test_of_somebody_erased_meanwhile_nothing_is_held_and_it_is_said(
    office: Office, life: Life
) -> None:
    office.tables.put(standing_item(standing(SUBJECT, life)))
    assert forms(opens(office, SUBJECT)) == set()
    sent = holds(office)
    assert sent.status == 409
    assert "erased, or is being erased" in words(sent)
    assert stored(office) == []


def test_somebody_without_an_account_is_held_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    monkeypatch.setattr(vault, "address_mac", lambda _: "a" * 64)
    asked = office.entered("port", subject=None, details="Words.", email="bea@example.com")["id"]
    assert holds(office, asked).status == 303
    page = opens(office, asked)
    assert REASON in words(page)
    assert forms(page) == {"hold", "lift"}


def test_a_reader_sets_and_lifts_nothing(office: Office) -> None:
    holds(office)
    (hold,) = stored(office)
    assert holds(office, by=READER, ground="dispute").status == 403
    assert lifts(office, hold.id, by=READER).status == 403
    assert lifts(office, hold.id, by=SUBJECT).status == 404
    assert lifts(office, hold.id, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert lifts(office, hold.id, form="f" * 64).status == 403
    assert holds(office, "z" * 26).status == 404
    assert stored(office) == [hold]
    office.now = NOW + 400 * DAY
    assert stored(office) == []
    assert "Nothing of this person is held" in words(opens(office, SUBJECT))


def test_one_hold_too_many_is_said(office: Office) -> None:
    names = classes()
    every = [
        (one, two, ground) for ground in Ground for one in names for two in names if one <= two
    ]
    for one, two, ground in every[:MOST_HOLDS]:
        assert done(holds(office, classes={one, two}, ground=ground)) == "hold"
    one, two, ground = every[MOST_HOLDS]
    sent = holds(office, classes={one, two}, ground=ground)
    assert sent.status == 409
    assert "20 holds stand on this person\u2019s records already" in words(sent)
    assert REASON in words(sent)
    assert len(stored(office)) == MOST_HOLDS


def test_a_second_press_sets_and_lifts_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = MemoryStore()
    monkeypatch.setattr(wired(), "idempotency", lambda: kept)
    token = session(office, OFFICER)
    assert [done(holds(office, token=token)) for _ in range(2)] == ["hold", "hold"]
    (hold,) = stored(office)
    assert [done(lifts(office, hold.id, token=token)) for _ in range(2)] == ["lift", "lift"]
    assert acts(office) == [(OFFICER, "hold_placed"), (OFFICER, "hold_lifted")]
