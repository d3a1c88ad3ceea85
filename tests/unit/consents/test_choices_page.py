"""The page of one's own choices: what it shows of a standing and a ledger, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import clock
from chalicelib.catalogue import STORED
from chalicelib.consents.chosen import chosen
from chalicelib.consents.contract import choices_pages as contract
from chalicelib.consents.model import Choice, Entry
from chalicelib.consents.service import choices, view
from chalicelib.consents.service.choices import Overview
from chalicelib.errors import BadRequest, TooManyRequests, Unauthenticated
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.subjects.model import Asked, Decided, Decision, Origin, Standing
from chalicelib.web.pages import cookie
from chalicelib.web.wiring import wired
from functions.http.consents import handler
from tests.product import product_document
from tests.unit.core.samples import NOW, association, shipped, shipped_in, standing
from tests.unit.receipts.samples import entry
from tests.unit.web.accessible import Tree, check_accessible
from tests.unit.web.pages.sample import SAME, TOKEN
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
LOCALES = languages()
EVENT = "o" * 43
EARLIER = NOW - timedelta(days=40)


def decided(decision: Decision, seq: int = 1, **members: Any) -> Decided:
    return Decided(decision, seq, EARLIER, shipped().version, **members)


STANDS: Mapping[str, Decided] = {
    "offers_email": decided(Decision.DENIED),
    "products_email": decided(Decision.GRANTED),
    "personalise_services": decided(Decision.WITHDRAWN, 2),
    "advertising_cookies": decided(Decision.DENIED, 3, origin=Origin.SIGNAL),
    "site_measurement": Decided(Decision.GRANTED, 3, NOW - timedelta(days=400), "2020-01-01"),
    "improvement": decided(Decision.OBJECTED, 4),
    "of_long_ago": decided(Decision.GRANTED),
}


def of(notice: Notice, stands: Mapping[str, Decided] | None = None, **members: Any) -> Overview:
    """What is told of a person about whom that stands, with one entry for what was decided."""
    stands = STANDS if stands is None else stands
    found: list[Entry] = []
    if stands:
        known = [one for one in stands if one in notice.choices]
        made = entry(notice, dict.fromkeys([*known, "of_long_ago"], Choice.GRANTED))
        found = [made]
    person = replace(standing(), decisions=stands, seq=4)
    values: dict[str, Any] = {"newer": None, "older": None, "data": (), "versions": {}}
    return Overview(standing=person, entries=found, **{**values, **members})


@pytest.fixture(autouse=True)
def noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    under(monkeypatch, shipped_in(*LOCALES))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)
    monkeypatch.setattr(clock, "now", lambda: NOW)


def under(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)


def told(monkeypatch: pytest.MonkeyPatch, overview: Overview) -> None:
    monkeypatch.setattr(choices, "overview", lambda *_: overview)


def sent(method: str, fields: Mapping[str, str] | None, language: str, **query: str) -> Sent:
    headers = {"Accept": "text/html", "Cookie": f"{cookie.NAME}={TOKEN}", **SAME}
    body = None
    if fields is not None:
        body = urlencode({"form": cookie.form_token(TOKEN), **fields})
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {name: [value] for name, value in {**query, "lang": language}.items() if value}
    return Sent(handler(event(method, contract.PATH, body, headers, asked), CONTEXT))


def show(language: str = "it", **query: str) -> Sent:
    return sent("GET", None, language, **query)


def checked(tree: Tree) -> dict[str | None, str | None]:
    return {one["name"]: one["value"] for one in tree.all("input") if "checked" in one}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("stands", [{}, STANDS], ids=["nothing", "much"])
def test_every_language_shows_every_purpose_and_chooses_nothing_itself(
    monkeypatch: pytest.MonkeyPatch, stands: Mapping[str, Decided], locale: str
) -> None:
    notice = shipped_in(*LOCALES)
    told(monkeypatch, of(notice, stands))
    page = show(locale)
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    tree = check_accessible(page.text, locale)
    radios = [one for one in tree.all("input") if one.get("type") == "radio"]
    assert {one["name"] for one in radios} == {f"decisions.{one}" for one in notice.choices}
    expected = {
        "decisions.offers_email": "denied",
        "decisions.products_email": "granted",
        "decisions.personalise_services": "denied",
        "decisions.advertising_cookies": "denied",
    }
    assert checked(tree) == (expected if stands else {})
    for purpose in notice.choices.values():
        assert notice.text(purpose.description, locale) in tree.said
    assert "None" not in tree.said


def test_a_state_is_said_with_its_day_its_origin_and_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told(monkeypatch, of(shipped()))
    text = " ".join(check_accessible(show().text, "it").said)
    for said in ("scaduto il", "Segnale del browser", "Sì ritirato il", "Opposizione dal"):
        assert said in text
    assert "of_long_ago" in text, "a purpose that left the notice is a text in the history"


def test_only_a_yes_is_to_be_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    overview = of(shipped())
    asks = {"surveys": Asked(5, EARLIER)}
    told(monkeypatch, replace(overview, standing=replace(overview.standing, asks=asks)))
    tree = check_accessible(show().text, "it")
    assert "decisions.surveys" not in checked(tree)
    (first, *_) = [one for one in tree.all("input") if one.get("type") == "radio"]
    assert first["name"] == "decisions.surveys", "what is to be confirmed stands first"
    assert tree.said.count(words("choices", "it")["tag_confirm"]) >= 2


def test_the_history_leads_to_its_other_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, of(shipped(), newer=300, older=280))
    links = [str(one["href"]) for one in check_accessible(show(before="290").text, "it").all("a")]
    for number in (300, 280):
        assert f"{PUBLIC}/account/choices?before={number}&lang=it#history" in links
    assert show(before="0").status == show(before="x").status == 400


def test_another_organisation_s_notice_in_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    under(monkeypatch, association())
    told(monkeypatch, of(association(), {}))
    check_accessible(show("it").text, "en")


def test_words_of_the_notice_are_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    document = product_document()
    for one in document["purposes"]:
        one["title"] = dict.fromkeys(one["title"], "\"></form><script>alert('x')</script>")
        one["description"] = dict.fromkeys(one["description"], "ع" * 3990)
    notice = compile_notice(document, STORED)
    under(monkeypatch, notice)
    told(monkeypatch, of(notice))
    page = show()
    check_accessible(page.text, "it")
    assert "<script>alert" not in page.text


class TestForm:
    def send(self, monkeypatch: pytest.MonkeyPatch, **fields: str) -> tuple[Sent, list[Any]]:
        """Sends the form of somebody about whom `STANDS` stands; answers it and the captures."""
        captured: list[Any] = []

        def capture(_: Any, made: Any, *rest: Any, **members: Any) -> None:
            if Choice.GRANTED in made.values() and "products_fax" in made:
                raise TooManyRequests(retry_after=60)
            captured.append(dict(made))

        overview = of(shipped())
        told(monkeypatch, overview)
        monkeypatch.setattr(view, "standing", lambda *_: overview.standing)
        monkeypatch.setattr(choices, "capture", capture)
        named = {name.replace("__", "."): value for name, value in fields.items()}
        return sent("POST", {"event": EVENT, "seen": "4", **named}, "it"), captured

    def test_records_only_what_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page, captured = self.send(
            monkeypatch,
            notice_version=shipped().version,
            stood="products_email",
            decisions__products_email="granted",
            decisions__offers_email="denied",
            decisions__surveys="granted",
            decisions__testimonial="denied",
        )
        assert (page.status, page.headers["Location"].partition("?")[2]) == (
            303,
            "done=saved&lang=it",
        )
        assert captured == [{"testimonial": Choice.DENIED, "surveys": Choice.GRANTED}]

    def test_changes_nothing_where_nothing_is_new(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page, captured = self.send(monkeypatch, decisions__offers_email="denied")
        assert "done=same" in page.headers["Location"]
        assert captured == []

    def test_one_button_refuses_everything_whatever_else_is_sent(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page, captured = self.send(monkeypatch, all="denied", decisions__surveys="granted", x="y")
        assert page.status == 303
        own = {"offers_email", "personalise_services"}
        # A yes to what has left the notice ends, too.
        every = {*shipped().choices, "of_long_ago"} - own
        assert captured == [dict.fromkeys(sorted(every), Choice.DENIED)]

    def test_a_no_counts_though_the_rest_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page, captured = self.send(
            monkeypatch,
            decisions__testimonial="denied",
            decisions__of_long_ago="denied",
            decisions__surveys="granted",
            decisions__call_recording="perhaps",
            decisions__nothing_known="granted",
            other="x" * 4000,
        )
        assert captured == [{"of_long_ago": Choice.DENIED, "testimonial": Choice.DENIED}]
        assert page.status == 400
        tree = check_accessible(page.text, "it")
        said = words("choices", "it")
        assert said["recorded"] in tree.said
        assert "<title>Errore: " in page.text
        links = [str(one["href"]) for one in tree.all("a")]
        assert "#field-decisions.call_recording" in links
        errors = words("errors", "it")
        assert errors["reason_notice_changed"] in tree.said
        assert errors["reason_unknown"] in tree.said
        assert checked(tree)["decisions.surveys"] == "granted", "what was chosen is there again"

    def test_a_no_counts_though_there_were_too_many_yeses(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page, captured = self.send(
            monkeypatch,
            notice_version=shipped().version,
            decisions__testimonial="denied",
            decisions__products_fax="granted",
        )
        assert captured == [{"testimonial": Choice.DENIED}]
        assert page.status == 429
        assert words("choices", "it")["recorded"] in check_accessible(page.text, "it").said

    def test_a_session_that_ended_leads_to_signing_in(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def over(*_: Any) -> Standing:
            raise Unauthenticated

        monkeypatch.setattr(view, "standing", over)
        monkeypatch.setattr(choices, "overview", over)
        for page in (sent("POST", {"all": "denied"}, "it"), show()):
            assert page.status == 303
            assert page.headers["Location"].startswith(f"{PUBLIC}/sign-in?")


def test_the_same_form_is_the_same_event_and_another_is_not() -> None:
    fields = {"event": EVENT, "decisions.testimonial": "denied"}
    made = chosen(fields, standing(), shipped())
    assert made.event_id(made.choices) == made.event_id(made.refusals)
    assert made.event_id(made.choices) != made.event_id({"surveys": Choice.DENIED})
    assert chosen({**fields, "event": "x"}, standing(), shipped()).event_id({}) is None


@pytest.mark.parametrize(
    ("meanwhile", "said", "recorded", "repeated"),
    [
        # The first press of two gave the yes: the second gives no other.
        (Decision.GRANTED, "granted", {}, True),
        (Decision.DENIED, "denied", {}, True),
        # Somebody refused, or agreed, elsewhere after the page was shown.
        (Decision.WITHDRAWN, "granted", {}, False),
        (Decision.DENIED, "granted", {}, False),
        (Decision.GRANTED, "denied", {"surveys": Choice.DENIED}, False),
    ],
)
def test_a_form_that_comes_late_gives_no_yes_and_loses_no_no(
    meanwhile: Decision, said: str, recorded: dict[str, Choice], repeated: bool
) -> None:
    fields = {
        "event": EVENT,
        "notice_version": shipped().version,
        "decisions.surveys": said,
        "seen": "4",
    }
    before = replace(standing(), seq=4)
    after = replace(before, seq=5, decisions={"surveys": decided(meanwhile, 5)})
    first, late = (chosen(fields, one, shipped()) for one in (before, after))
    assert (late.choices, late.repeated, late.findings) == (recorded, repeated, ())
    assert first.choices == {"surveys": Choice(said)}
    if recorded:
        assert first.event_id(recorded) != late.event_id(recorded)


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 13, "٣"])
def test_a_form_that_does_not_say_what_was_seen_renews_no_yes(seen: str) -> None:
    stands = replace(standing(), decisions={"surveys": decided(Decision.WITHDRAWN, 3)}, seq=3)
    fields = {"notice_version": shipped().version, "seen": seen}
    fields |= {"decisions.surveys": "granted", "decisions.testimonial": "granted"}
    assert chosen(fields, stands, shipped()).choices == {"testimonial": Choice.GRANTED}


def test_the_page_says_how_many_entries_it_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, of(shipped()))
    assert '<input type="hidden" name="seen" value="4">' in show().text


def test_a_refused_form_without_a_no_records_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "standing", lambda *_: standing())
    monkeypatch.setattr(choices, "capture", lambda *_, **__: pytest.fail("nothing is refused"))
    with pytest.raises(BadRequest):
        choices.save(TOKEN, {"decisions.surveys": "granted"}, None, shipped())  # type: ignore[arg-type]
