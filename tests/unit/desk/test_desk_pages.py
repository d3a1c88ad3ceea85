"""The desk's pages: what an officer sees and does there; a changed preview does nothing."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.desk.contract.pages import PAGE
from chalicelib.desk.filters import Filter
from chalicelib.desk.pages.requests import part
from chalicelib.pages.languages import languages
from chalicelib.records import transactions
from chalicelib.requests.model import timed
from chalicelib.requests.service.worklist import Open
from chalicelib.web.wiring import wired
from tests.unit.core.samples import NOW, SUBJECT, shipped, shipped_in
from tests.unit.desk.clerk import ONE, forms, opens, seen, sends
from tests.unit.desk.member import session, words
from tests.unit.desk.office import OFFICER, OTHER, READER, REASON, Office
from tests.unit.requests.asker import HOSTILE, request
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import Sent

DAY, TODAY = timedelta(days=1), NOW.date()
PUBLIC = "https://privacy.example"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


def test_the_list_stands_in_the_order_of_the_due_day_and_says_it_in_words(office: Office) -> None:
    office.ask("copy")
    office.entered("port", received_at=(office.now - 33 * DAY).isoformat())
    text = words(opens(office))
    assert "Open 2 Late 1 Within 7 days 0" in text
    assert text.index("2 days late") < text.index("30 days left")


def test_a_count_is_the_length_of_the_list_that_its_link_opens(office: Office) -> None:
    for right, channel in (("port", "post"), ("erase", "phone"), ("review", "post")):
        office.entered(right, channel=channel)
    office.ask("object")
    office.done(office.ask("copy"), "pause", ground="clarification", text="Which year?")
    for query in ({}, {"channel": "post"}, {"right": "erase"}, {"show": "paused"}):
        links = _counted(opens(office, **query))
        assert len(links) > 5
        for address, count in links:
            found = opens(office, **dict(parse_qsl(urlsplit(address).query)))
            assert len(re.findall(r'<th role="rowheader"', found.text)) == count, address


def _counted(page: Sent) -> list[tuple[str, int]]:
    """The links of a list that say how many they lead to."""
    found = re.findall(r'<a href="([^"]+)"[^>]*>[^<]* <span class="number">(\d+)', page.text)
    return [(html.unescape(address), int(count)) for address, count in found]


def test_a_list_of_many_is_read_in_pages_of_fifty() -> None:
    """And a request that is closed meanwhile moves none beyond the page that follows."""
    asked = [request("review", id=f"{number:026}") for number in range(120)]
    every = [Open(SUBJECT, timed(one, shipped(), NOW)) for one in asked]
    first = part(every, Filter(), TODAY, None)
    assert (len(first.found), first.first, first.whole) == (PAGE, 1, 120)
    second = part(every[5:], Filter(), TODAY, first.after)
    assert [one.timed.request.id for one in second.found] == [one.id for one in asked[50:100]]
    third = part(every, Filter(), TODAY, second.after)
    assert (len(third.found), third.first, third.after) == (20, 101, "")


def test_what_is_no_place_in_the_list_is_refused(office: Office) -> None:
    assert opens(office, cursor="none").status == 400


def test_the_list_shows_nobody_s_words_and_is_no_entry_of_the_audit(office: Office) -> None:
    office.ask("port", details="Somebody's words.")
    assert "Somebody" not in opens(office).text
    assert office.audited() == []


def test_a_look_at_one_is_an_entry_of_the_audit_and_a_refused_form_too(office: Office) -> None:
    request = office.ask("port")
    assert opens(office, request, by=READER).status == 200
    assert sends(office, request, "extend").status == 400
    found = [(one.by, one.action, one.subject, one.request) for one in office.audited()]
    assert found == [
        (READER, "request_read", SUBJECT, request),
        (OFFICER, "request_read", SUBJECT, request),
    ]


def test_a_person_s_text_is_a_text_and_folded_beyond_twenty_lines(office: Office) -> None:
    lines = "\n".join(f"line {number}" for number in range(1, 31))
    request = office.ask("port", details=f"{HOSTILE} https://evil.example\n{lines}")
    page = opens(office, request)
    assert "<script>alert" not in page.text
    assert 'href="https://evil.example' not in page.text
    shown, _, rest = page.text.partition("Show the rest")
    assert "line 19<" in shown
    assert "line 20<" in rest


def test_extending_shows_the_day_and_is_not_offered_after_the_first_month(office: Office) -> None:
    request = office.ask("port")
    page = opens(office, request)
    assert "It would then be due on" in words(page)
    refused = sends(office, request, "extend", extend_ground="complexity", extend_text="short")
    assert refused.status == 400
    assert "20 characters" in words(refused)
    assert "short</textarea>" in refused.text
    sent = sends(office, request, "extend", extend_ground="complexity", extend_text=REASON)
    assert (sent.status, sent.headers["Location"]) == (
        303,
        f"{PUBLIC}{ONE.format(id=request)}?done=extend&lang=en",
    )
    after = opens(office, request, done="extend")
    assert "extend" not in forms(after)
    assert 'role="status"' in after.text
    late = office.ask("erase")
    office.now += 40 * DAY
    assert "extend" not in forms(opens(office, late))


def test_only_grounds_that_fit_the_right_are_offered(office: Office) -> None:
    page = opens(office, office.ask("port"))
    assert 'value="not_covered"' in page.text
    assert 'value="accurate"' not in page.text
    request = office.entered("erase")["id"]
    refused = sends(office, request, "refuse", refuse_ground="accurate")
    assert refused.status == 409
    assert "does not allow this ground" in words(refused)


def test_an_erasure_whose_preview_changed_does_nothing_and_shows_what_changed(
    office: Office,
) -> None:
    request = office.ask("erase", categories=("interaction",))
    before = seen(opens(office, request))
    office.ask("erase", categories=("cookies",), details="And these, too.")
    sent = sends(office, request, "approve", seen=before)
    assert sent.status == 409
    text = words(sent)
    assert "nothing was done" in text
    assert "New : Erases: Cookies" in text
    assert office.read(request)["status"] == "received"
    assert seen(sent) != before
    done = sends(office, request, "approve", once="p" * 43, seen=seen(sent))
    assert done.status == 303
    assert office.read(request)["history"][-1]["event"] == "approve"


def test_an_approval_without_its_preview_does_nothing(office: Office) -> None:
    request = office.ask("erase")
    assert sends(office, request, "approve").status == 409
    assert sends(office, request, "approve", once="p" * 43, seen="made:up holds:x").status == 409
    assert office.read(request)["status"] == "received"


def test_of_two_officers_one_is_done_and_the_other_sees_it(office: Office) -> None:
    request = office.ask("erase")
    page = seen(opens(office, request))
    assert sends(office, request, "approve", seen=page).status == 303
    other = sends(office, request, "approve", by=OTHER, once="p" * 43, seen=page)
    assert other.status == 409
    assert "has changed in the meantime" in words(other)
    assert "approve" not in forms(other)


def test_a_second_press_does_it_once(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
    store = MemoryStore()
    monkeypatch.setattr(wired(), "idempotency", lambda: store)
    token, request = session(office, OFFICER), office.ask("port")
    sent = [sends(office, request, "note", token=token, note_text="Once.") for _ in range(2)]
    assert [one.status for one in sent] == [303, 303]
    assert len([one for one in office.audited() if one.action == "request_noted"]) == 1


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_page(
    monkeypatch: pytest.MonkeyPatch, office: Office, language: str
) -> None:
    office.notice = shipped_in(*languages())
    for right in ("copy", "erase", "object", "restrict", "rectify", "review"):
        changes = {"changes": {"identity": {"name": "Bea"}}} if right == "rectify" else {}
        request = office.entered(right, channel="phone", **changes)["id"]
        page = opens(office, request, lang=language)
        assert page.status == 200
        assert f'lang="{language}"' in page.text
    office.done(request, "pause", ground="identity")
    office.work_off()
    office.now += 2 * DAY
    office.done(request, "resume")
    office.done(request, "extend", ground="number", reason=REASON)
    office.done(request, "refuse", ground="no_decision", text="None was made.")
    assert opens(office, request, lang=language).status == 200
    assert opens(office, lang=language).status == 200
    assert opens(office, lang=language, show="closed").status == 200


class TestMails:
    """The person's mail is shown before it is sent, by the template and the words that send it."""

    @pytest.mark.parametrize(
        ("action", "ground", "text"),
        [
            ("extend", "number", REASON),
            ("refuse", "no_ground", "Not for us."),
            ("complete", "", "Done."),
        ],
    )
    def test_it_is_the_mail_that_then_goes(
        self, office: Office, action: str, ground: str, text: str
    ) -> None:
        request = office.ask("erase", "it")
        office.work_off()
        chosen: dict[str, Any] = {f"{action}_ground": ground} if ground else {}
        blank = {**chosen, f"{action}_text": "  "}
        refused = sends(office, request, action, **blank)
        assert refused.status == 400
        shown = " ".join(words(refused).split())
        fields = {**chosen, f"{action}_text": text}
        assert sends(office, request, action, once="m" * 43, **fields).status == 303
        before = len(office.ses.taken)
        office.work_off()
        assert len(office.ses.taken) == before + 1
        mail = office.ses.taken[-1]
        assert str(mail["Subject"]) in shown
        for paragraph in mail.get_content().split("\n\n"):
            assert " ".join(paragraph.split()) in shown
        assert 'lang="it"' in refused.text.partition("<main")[2]

    def test_a_refusal_has_a_gap_until_a_ground_is_chosen(self, office: Office) -> None:
        text = words(opens(office, office.ask("erase")))
        assert "Reason: […]" in text
        assert "complain" in text
        assert "go to court" in text

    def test_an_extension_has_one_for_each_reason(self, office: Office) -> None:
        text = words(opens(office, office.ask("copy")))
        assert "The reason is the number of requests." in text
        assert "The reason is that the request is complex." in text

    def test_a_refusal_that_ends_a_restriction_says_when(self, office: Office) -> None:
        request = office.ask("restrict", ground="accuracy")
        shown = words(opens(office, request))
        assert sends(office, request, "refuse", refuse_ground="not_covered").status in (303, 409)
        assert "The restriction ends with" in shown


def test_the_second_officer_sees_what_the_first_has_done(office: Office) -> None:
    request = office.ask("port")
    fields: dict[str, Any] = {"extend_ground": "number", "extend_text": REASON}
    assert sends(office, request, "extend", **fields).status == 303
    sent = sends(office, request, "extend", by=OTHER, once="z" * 43, **fields)
    assert sent.status == 409
    text = words(sent)
    assert "What happened last Extended: there are many requests · The desk" in text
    assert "Nothing was done" in text
    assert REASON in sent.text


def test_the_list_stands_beside_a_request_and_leads_on(office: Office) -> None:
    made = [office.ask(one) for one in ("copy", "erase", "port")]
    page = opens(office, made[1])
    for one in made:
        assert f"/desk/requests/{one}" in page.text
    assert page.text.count('aria-current="page"') >= 1
    done = opens(office, made[1], done="note")
    assert re.search(r'role="status" tabindex="-1" autofocus', done.text)


def test_a_row_says_by_what_its_day_is_moved(office: Office) -> None:
    office.entered("port", received_at="2026-11-20T09:00:00+00:00")
    assert "21 December 2026 not 20 December 2026: Sunday" in words(opens(office))


class TestWhatGoes:
    """An erasure's preview counts records as the erasure chooses them."""

    def test_it_says_how_many_of_what_and_until_when_a_backup_has_them(
        self, office: Office
    ) -> None:
        page = opens(office, office.ask("erase"))
        text = words(page)
        assert re.search(r"Records Profile: 1", text), text
        assert "not even in a backup, from 29 November 2026 on" in text  # seven days for the keys
        assert "counts:profile:1" in seen(page)
        assert "unreadable:0-0-7" in seen(page)

    def test_of_some_categories_the_backups_last_as_long_as_they_go_back(
        self, office: Office
    ) -> None:
        page = opens(office, office.ask("erase", categories=("cookies",)))
        assert "from 27 December 2026 on" in words(page)
        assert "counts:profile" not in seen(page)

    def test_another_record_is_another_preview(self, office: Office) -> None:
        request = office.ask("erase")
        before = seen(opens(office, request))
        pk, sk = profile_place(SUBJECT, "company")
        office.tables.put(ProfileItem(pk=pk, sk=sk, kind="profile"))
        sent = sends(office, request, "approve", seen=before)
        assert sent.status == 409
        assert "Records: Profile: 2" in words(sent)
        assert sends(office, request, "approve", once="q" * 43, seen=seen(sent)).status == 303

    def test_a_restriction_says_which_uses_stop(self, office: Office) -> None:
        purpose = "improvement"
        page = opens(office, office.ask("restrict", purposes=(purpose,), ground="accuracy"))
        title = office.notice.text(office.notice.purposes[purpose].title, "en")
        assert f"These uses stop: {title}." in words(page)
        assert f"restricts:{purpose}" in seen(page).split()

    def test_an_open_transaction_is_said(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transactions, "has_open", lambda _: True)
        page = opens(office, office.ask("erase"))
        assert "still open" in words(page)
        assert "runs" in seen(page).split()

    def test_of_other_rights_nothing_is_read_for_it(self, office: Office) -> None:
        request = office.ask("port")
        office.steps.names.clear()
        opens(office, request)
        assert [one for one in office.steps.names if one.startswith("page of")] == []
