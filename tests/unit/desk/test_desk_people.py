"""The desk's pages of people: the search, one person, and the audit of every look."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.store import ClaimItem
from chalicelib.desk.people import SHOWN
from chalicelib.disclosures.model import Disclosure
from chalicelib.disclosures.store import disclosure_item
from chalicelib.origins.store import new_item
from chalicelib.publications.store import new_obligation
from chalicelib.subjects.model import Decided, Decision, Life, Limits, Tombstone
from chalicelib.subjects.restriction import Ground, Restriction
from chalicelib.subjects.store import restriction_item, standing_item, tombstone_item
from chalicelib.vault import service as vault
from tests.unit.accounts.world import ADDRESS, mac
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, standing
from tests.unit.desk import clerk
from tests.unit.desk.clerk import forms
from tests.unit.desk.member import session, words
from tests.unit.desk.office import OFFICER, READER, Office
from tests.unit.desk.people import PEOPLE, opens, sends
from tests.unit.requests.asker import HOSTILE
from tests.unit.web.sample import Sent

PUBLIC, DAY = "https://privacy.example", timedelta(days=1)


@pytest.fixture(autouse=True)
def known(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)
    monkeypatch.setattr(vault, "address_mac", mac)
    place = accounts.claim_place(mac(ADDRESS))
    claim = ClaimItem(*place, kind="claim", subject=SUBJECT, password_hash="x", verified_at=NOW)
    office.tables.put(claim)


def looks(office: Office) -> list[tuple[str, str, str | None, str | None, str]]:
    """The audit: by whom, what, about whom, about which request, with what outcome."""
    return [(one.by, one.action, one.subject, one.request, one.outcome) for one in office.audited()]


def leads(sent: Sent) -> str:
    assert sent.status == 303, (sent.status, words(sent))
    return str(sent.headers["Location"]).removeprefix(PUBLIC)


@pytest.mark.parametrize("by", [OFFICER, READER])
def test_an_address_or_a_number_leads_to_the_person_by_an_id(office: Office, by: str) -> None:
    request = office.ask("port")
    own = f"/desk/people/{SUBJECT}?lang=en"
    for text in (f"  {ADDRESS.upper()} ", SUBJECT.upper(), request):
        assert leads(sends(office, by=by, sought=text)) == own
    assert looks(office) == [
        (by, "subject_searched", SUBJECT, None, "done"),
        (by, "subject_searched", SUBJECT, None, "done"),
        (by, "subject_searched", SUBJECT, request, "done"),
    ]
    assert "ada" not in repr([one for one in office.tables.items.values() if "outcome" in one])


def test_nobody_found_is_said_with_what_was_typed_and_nowhere_else(office: Office) -> None:
    for text in ("nobody@example.com", "z" * 26):
        sent = sends(office, sought=text)
        assert sent.status == 200
        assert "Nobody was found" in words(sent)
        assert f'value="{text}"' in sent.text
        assert text not in sent.text.partition("<main")[0]
        assert text not in str(sent.headers)
    assert looks(office) == [(OFFICER, "subject_searched", None, None, "not_found")] * 2
    kept = [one for one in office.tables.items.values() if "outcome" in one]
    assert "nobody" not in repr(kept)
    assert "zzz" not in repr(kept)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ada@",
        "a@b@c.it",
        "short",
        "§" * 26,
        HOSTILE,
        "x" * 320,
        "x" * 321,
        "\u202e" + "a" * 26,
    ],
)
def test_what_is_neither_an_address_nor_a_number_is_a_finding(office: Office, text: str) -> None:
    sent = sends(office, sought=text)
    assert sent.status == 400
    assert 'id="errors-sought"' in sent.text
    assert HOSTILE not in sent.text
    assert office.audited() == []


def test_an_address_of_several_requests_without_an_account_shows_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    found = [
        office.entered(right, subject=None, details="Words.", email="bea@example.com")["id"]
        for right in ("port", "copy")
    ]
    sent = sends(office, sought="bea@example.com")
    assert sent.status == 200
    assert set(re.findall(r"/desk/people/(\w+)\?lang=en", sent.text)) == set(found)
    page = opens(office, found[0])
    assert "Without an account" in words(page)
    assert f"/desk/requests/{found[0]}" in page.text
    assert looks(office)[-1] == (OFFICER, "subject_read", found[0], None, "done")
    assert "bea@" not in page.text


def test_a_look_at_a_person_is_an_entry_of_the_audit_before_it_is_shown(office: Office) -> None:
    request = office.ask("port")
    page = opens(office, SUBJECT, by=READER)
    assert page.status == 200
    assert looks(office) == [(READER, "subject_read", SUBJECT, None, "done")]
    text = words(page)
    assert "← People Account active Known since" in text
    assert f"/desk/requests/{request}" in page.text
    assert SUBJECT in text
    assert "made no request" not in text
    for told in ("Nothing was decided", "Nothing of this person is held", "given to anybody"):
        assert told in text


def test_what_stands_about_a_person_is_shown_and_what_it_counts_as(office: Office) -> None:
    then = NOW - 400 * DAY
    decisions = {
        "newsletter": Decided(Decision.GRANTED, 1, then, "2026-11-22"),
        "surveys": Decided(Decision.WITHDRAWN, 2, then, "2026-11-22"),
        "gone": Decided(Decision.OBJECTED, 3, then, "2026-11-22"),
    }
    purposes = list(office.notice.choices)
    decisions = dict(zip([*purposes[:2], "gone"], decisions.values(), strict=True))
    flag = Limits(restricted=1, held=0)
    stands = replace(standing(), decisions=decisions, limits=flag, suppressed="bounce")
    limit = Restriction("q" * 26, Ground.ACCURACY, then, categories=frozenset({"interaction"}))
    office.tables.put(standing_item(stands), restriction_item(SUBJECT, [limit], NOW))
    page = opens(office, SUBJECT)
    text = words(page)
    assert "withdrawn · 18 October 2025" in text
    assert "gone objection" in text
    assert "Restricted since 18 October 2025" in text
    assert "art. 18(1)(a)" in text
    assert f"/desk/requests/{'q' * 26}" in page.text
    assert "a mail came back" in text


def test_disclosures_and_what_was_told_are_shown_in_pages(office: Office) -> None:
    recipient = next(iter(office.notice.recipients))
    category, purpose = next(iter(office.notice.categories)), next(iter(office.notice.purposes))
    for number in range(SHOWN + 1):
        name = "d" * 24 + "abcdefghijklmnopqrstuvwxyz234567"[number // 5] + "abcde"[number % 5]
        given = Disclosure(SUBJECT, recipient, category, purpose, (), NOW - number * DAY)
        office.tables.put(disclosure_item(name, given, (), None))
    told = new_obligation(SUBJECT, "2026-11-22", (), NOW, NOW)
    told.status, told.sent_at = "sent", NOW
    origin = new_item(SUBJECT, "t" * 32, category, NOW, NOW + DAY)
    origin.unreached = "refused"
    office.tables.put(told, origin)
    first = opens(office, SUBJECT)
    text = words(first)
    assert "Version 2026-11-22 mailed" in text
    assert "no mail reaches the person" in text
    assert office.notice.text(office.notice.recipients[recipient].name, "en") in text
    after = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert len(after) == 1
    place = re.search(r"disclosures=(\w+)", after[0])
    assert place is not None
    second = opens(office, SUBJECT, disclosures=place[1])
    assert 'rel="next"' not in second.text
    assert "From the beginning of the list" in words(second)
    assert [one[1] for one in looks(office)] == ["subject_read"] * 2


def test_a_browser_and_somebody_erased_meanwhile(office: Office) -> None:
    office.tables.put(standing_item(standing(VISITOR)))
    assert "Browser without an account" in words(opens(office, VISITOR))
    request = office.ask("port")
    stone = Tombstone(SUBJECT, "requested", NOW, 0, "0" * 64, {"request": NOW}, NOW + DAY)
    office.tables.put(tombstone_item(stone))
    page = opens(office, SUBJECT)
    assert page.status == 200
    assert "Erased 22 November 2026" in words(page)
    assert f"/desk/requests/{request}" in page.text
    office.tables.put(standing_item(standing(SUBJECT, Life.ERASING)))
    assert "being erased" in words(opens(office, SUBJECT))


@pytest.mark.parametrize("number", ["z" * 26, "x", "S%23" + "z" * 26, "a" * 41, "ada@example.com"])
def test_an_unknown_number_is_an_unknown_address(office: Office, number: str) -> None:
    assert opens(office, number).status == 404
    assert office.audited() == []


@pytest.mark.parametrize("name", ["requests", "disclosures", "changes", "origins"])
def test_what_is_no_place_in_a_list_is_the_first_page(office: Office, name: str) -> None:
    assert opens(office, SUBJECT, **{name: "<x>#S"}).status == 200


def test_a_reader_searches_and_sees_no_form_but_that_one(office: Office) -> None:
    token = session(office, READER)
    assert 'name="sought"' in opens(office, token=token).text
    assert forms(opens(office, SUBJECT, token=token)) == set()


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
@pytest.mark.parametrize("by", [OFFICER, READER, SUBJECT])
def test_a_search_from_another_site_is_refused(
    office: Office, headers: dict[str, str], by: str
) -> None:
    assert sends(office, by=by, headers=headers, sought=ADDRESS).status == 403
    assert sends(office, by=by, form="f" * 64, sought=ADDRESS).status == 403
    assert office.audited() == []


def test_who_is_not_of_the_desk_finds_no_such_address(office: Office) -> None:
    token = session(office, SUBJECT)
    found = [
        opens(office, token=token),
        opens(office, SUBJECT, token=token),
        sends(office, token=token, sought=ADDRESS),
    ]
    assert {one.status for one in found} == {404}
    led = opens(office, token="")
    assert led.status == 303
    assert f"to={PEOPLE.replace('/', '%2F')}" in led.headers["Location"]
    kept = sends(office, token="", sought=ADDRESS)
    assert (kept.status, "Location" in kept.headers) == (401, False)
    assert office.audited() == []


def test_a_restriction_that_cannot_be_read_counts_as_all(office: Office) -> None:
    office.tables.put(standing_item(standing(limits=Limits(restricted=1))))
    assert "everything counts as restricted" in words(opens(office, SUBJECT))


def test_a_request_and_its_person_lead_to_each_other(office: Office) -> None:
    request = office.ask("port")
    assert f'href="{PUBLIC}/desk/requests/{request}?lang=en"' in opens(office, SUBJECT).text
    assert f'href="{PUBLIC}/desk/people/{SUBJECT}?lang=en"' in clerk.opens(office, request).text
