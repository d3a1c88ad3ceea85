"""What a notice may leave to the software: its records, periods, notifications and words."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import NOTIFICATIONS, STORED, Kind, Rule
from chalicelib.catalogue.lengths import average, written
from chalicelib.notices import presentation
from chalicelib.notices.changes import Effect, changes
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published, marks
from chalicelib.notices.compiler.rights import known
from chalicelib.notices.model import Notice, Period, UndeclaredField
from chalicelib.notices.rehearsal import rehearse
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.pages.words import words
from chalicelib.requests.grounds import Right
from chalicelib.web.contract import JSON
from chalicelib.web.pages import cookie

PROJECT = Path(__file__).parents[3]
MINIMAL = PROJECT / "tests" / "documents" / "minimal.json"
NOW = datetime(2026, 11, 29, tzinfo=UTC)
GIVEN = {kind.name for kind in STORED.values() if kind.by_notice or kind.forms}
"""The kinds that hold nothing but what a notice gives them."""
RULES = [(kind, rule) for kind in STORED.values() for rule in kind.rules]


@pytest.fixture
def minimal() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(MINIMAL.read_text("utf-8"))
    return document


def said(document: dict[str, Any]) -> dict[str, str]:
    """The findings about a document by place; none when it compiles."""
    try:
        compile_notice(document, STORED)
    except NoticeRefused as refused:
        return {one.pointer: one.detail for one in refused.findings}
    return {}


def test_the_smallest_notice_is_small_and_works(minimal: dict[str, Any]) -> None:
    written = json.dumps(minimal, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(written) <= 4_096
    assert f"{len(written):,} bytes" in (PROJECT / "docs" / "notice.md").read_text("utf-8")
    notice = compile_notice(minimal, STORED)
    assert rehearse(notice) == ()
    assert notice.unconfirmed == ()
    assert load_published(minimal).digest == notice.digest == load_published(minimal).digest


def test_the_software_says_what_is_left_to_it(minimal: dict[str, Any]) -> None:
    notice = compile_notice(minimal, STORED)
    assert notice.records.keys() == STORED.keys()
    assert {name: one.optional for name, one in notice.notifications.items()} == NOTIFICATIONS
    assert not any(one.purpose for one in notice.notifications.values())
    assert set(notice.rights) == {
        *("copy", "rectify", "erase", "restrict", "port", "object", "withdraw")
    }
    assert notice.deadline.within == Period(months=1)
    assert notice.deadline.extension == Period(months=2)
    assert set(notice.cookies) == {cookie.NAME}  # the one of its own pages
    for kind, rule in RULES:
        found = notice.rule(kind.name, rule.event)
        assert (found.period, found.then) == (Period(**rule.period), rule.then)
        assert (found.id, found.by_software) == (f"{kind.name}_{rule.event}", True)


def test_what_a_document_says_counts_instead(minimal: dict[str, Any]) -> None:
    stated = {"id": "ours", "origin": "published", "kind": "session", "from": "created"}
    minimal["retention"] = [{**stated, "period": {"days": 30}}]
    minimal["notifications"] = [{"id": "new_sign_in", "optional": False, "purpose": "account"}]
    minimal["rights"] = [{"id": name} for name in minimal["categories"][0]["outcomes"]]
    minimal["records"] = [{"kind": "session", "origin": "published", "title": {"en": "Visits"}}]
    notice = compile_notice(minimal, STORED)
    rule = notice.rule("session", "created")
    assert (rule.id, rule.period, rule.then) == ("ours", Period(days=30), "erase")
    assert rule.title == {"en": "Sign-in"}
    assert not rule.by_software
    assert "session_created" not in notice.retention
    alert = notice.notifications["new_sign_in"]
    assert (alert.optional, alert.purpose) == (False, "account")
    assert alert.title == {"en": "Sign-in from another country"}
    assert list(notice.rights) == list(minimal["categories"][0]["outcomes"])
    assert notice.records["session"].title == {"en": "Visits"}
    assert notice.records["link"].title == {"en": "Link sent by e-mail"}


def test_words_of_their_own_have_an_origin(minimal: dict[str, Any]) -> None:
    minimal["notifications"] = [{"id": "requests", "title": {"en": "Answers"}}]
    minimal["rights"] = [{"id": name} for name in minimal["categories"][0]["outcomes"]]
    minimal["rights"][0]["description"] = {"en": "Ask us."}
    assert said(minimal).keys() == {"/notifications/0/origin", "/rights/0/origin"}


def test_nobody_can_speak_for_the_software(minimal: dict[str, Any]) -> None:
    minimal["site"]["origin"] = "software"
    assert said(minimal).keys() == {"/site/origin"}


def test_a_profile_holds_what_the_forms_ask_for(minimal: dict[str, Any]) -> None:
    minimal["categories"][0]["items"].append(
        {"id": "shoe_size", "title": {"en": "Shoe size"}, "type": "text", "max": 4}
    )
    notice = compile_notice(minimal, STORED)
    notice.refuse_undeclared("profile", {"mail"}, "member")
    with pytest.raises(UndeclaredField):
        notice.refuse_undeclared("profile", {"shoe_size"})
    minimal["forms"][0]["optional"] = ["member.shoe_size"]
    compile_notice(minimal, STORED).refuse_undeclared("profile", {"shoe_size"}, "member")
    minimal["records"] = [{"kind": "profile", "fields": {"member": ["mail"]}}]
    assert said(minimal).keys() == {"/forms/0/optional/0"}


def test_a_kind_may_hold_an_item_of_a_category(minimal: dict[str, Any]) -> None:
    minimal["categories"][0]["items"].append(
        {"id": "ip_address", "title": {"en": "Network"}, "type": "address", "max": 45}
    )
    minimal["records"] = [{"kind": "session", "fields": {"member": ["ip_address"]}}]
    session = compile_notice(minimal, STORED).records["session"]
    assert session.groups["member"] == {"ip_address"}
    assert session.groups["technical"] == STORED["session"].fields - {"ip_address"}
    assert session.fields == STORED["session"].fields


@pytest.mark.parametrize(
    ("kind", "rule"), RULES, ids=[f"{kind.name}-{rule.event}" for kind, rule in RULES]
)
def test_a_period_has_to_lie_within_the_bounds_of_its_kind(
    minimal: dict[str, Any], kind: Kind, rule: Rule
) -> None:
    assert rule.allows(rule.period)
    stated = {"id": "ours", "origin": "published", "kind": kind.name, "from": rule.event}
    for bound, step in ((rule.least, -1), (rule.most, 1)):
        if bound is None:
            continue
        minimal["retention"] = [{**stated, "period": dict(bound)}]
        if kind.name == "profile":
            minimal["categories"][0]["retention"]["rules"] = ["ours"]
        assert said(minimal) == {}
        (unit,) = bound
        beyond = {unit: count} if (count := bound[unit] + step) > 0 else {"days": 0}
        minimal["retention"][0]["period"] = beyond
        found = said(minimal)
        assert found.keys() == {"/retention/0/period"}
        if beyond != {"days": 0}:
            assert written(bound) in found["/retention/0/period"]
            assert found["/retention/0/period"].endswith(f"{rule.why}.")
    if rule.least or rule.most:
        assert rule.why
    assert average(rule.least or {}) <= average(rule.period)


def test_a_period_that_was_published_holds_whatever_the_bounds_are(
    minimal: dict[str, Any],
) -> None:
    stated = {"id": "ours", "origin": "published", "kind": "code", "from": "created"}
    minimal["retention"] = [{**stated, "period": {"years": 9}}]
    assert said(minimal).keys() == {"/retention/0/period"}
    assert load_published(minimal).rule("code", "created").period == Period(years=9)


def test_an_id_that_the_software_uses_is_no_trouble(minimal: dict[str, Any]) -> None:
    stated = {"id": "link_created", "origin": "published", "kind": "code", "from": "created"}
    minimal["retention"] = [{**stated, "period": {"days": 2}}]
    notice = compile_notice(minimal, STORED)
    assert notice.rule("link", "created").period == Period(days=7)
    assert notice.rule("code", "created").period == Period(days=2)


def test_what_is_to_confirm_is_the_organisations(
    minimal: dict[str, Any], association: dict[str, Any]
) -> None:
    stated = {"id": "ours", "origin": "controller_choice", "kind": "session", "from": "created"}
    minimal["retention"] = [{**stated, "period": {"days": 30}}]
    assert compile_notice(minimal, STORED).unconfirmed == ("retention/ours",)
    assert compile_notice(association, STORED).unconfirmed == ()
    assert len(marks.confirmations(minimal)) == 1


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_the_page_tells_the_records_in_words(minimal: dict[str, Any], render: Any) -> None:
    notice = compile_notice(minimal, STORED)
    text = render(notice, "en").replace("\\", "")
    assert "What the software itself records" in text
    assert ("<details>" in text) == (render is render_html)
    for record in notice.records.values():
        if record.kind in GIVEN:
            continue  # this notice gives it nothing to hold
        assert record.title["en"] in text
        assert record.description is not None
        assert record.description["en"] in text
    assert "14 days from creation: erased" in text
    names = {name for kind in STORED.values() for name in kind.fields if "_" in name}
    assert [name for name in names if name in text] == []


def test_the_records_are_told_in_json(minimal: dict[str, Any], association: dict[str, Any]) -> None:
    for document, kept in ((minimal, "14 days"), (association, "A sign-in: from created: 30 days")):
        notice = compile_notice(document, STORED)
        shown = json.loads(presentation.in_force(notice, "en", JSON))
        told = {one["kind"]: one for one in shown["technical_detail"]}
        assert told.keys() == STORED.keys() - GIVEN
        assert all(one["title"] and one["description"] and one["kept"] for one in told.values())
        ends = f"{kept} from creation: erased"
        assert any(one.startswith(ends) for one in told["session"]["kept"])
        assert not any("technical" in one["fields"] for one in shown["document"]["records"])
        assert {one["kind"] for one in shown["document"]["retention"]} == STORED.keys()
        assert json.loads(presentation.verbatim(notice, "en", JSON))["document"] == document


def test_a_language_without_words_is_told_english(minimal: dict[str, Any]) -> None:
    minimal["locales"] = ["ga"]
    written = json.loads(json.dumps(minimal).replace('"en":', '"ga":'))
    notice = compile_notice(written, STORED)
    assert notice.records["session"].title == {"ga": "Sign-in"}
    assert "Your rights" in render_html(notice, "ga")


def meaning(before: Notice, after: Notice) -> set[tuple[Effect, str]]:
    return {(one.effect, one.kind) for one in changes(before, after)}


def following(document: dict[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(document), "version": "2027-01-01"}


def test_a_period_of_ones_own_is_a_change_and_its_words_are_none(minimal: dict[str, Any]) -> None:
    before, later = load_published(minimal), following(minimal)
    stated = {"id": "ours", "origin": "published", "kind": "session", "from": "created"}
    later["retention"] = [{**stated, "period": {"days": 30}}]
    after = load_published(later)
    told = (Effect.INFORMATIVE, "retention_longer")
    # The cookie of the software's pages lasts as long as a session.
    longer = {told, (Effect.INFORMATIVE, "cookie_longer")}
    assert meaning(before, after) == longer | {
        (Effect.EDITORIAL, "mark_changed"),
        (Effect.EDITORIAL, "words_changed"),
    }
    assert (Effect.INFORMATIVE, "retention_shorter") in meaning(after, before)
    later["retention"][0]["period"] = {"days": 14}
    assert {effect for effect, _ in meaning(before, load_published(later))} == {Effect.EDITORIAL}


def test_what_the_software_says_is_no_change_of_a_version(minimal: dict[str, Any]) -> None:
    before, later = load_published(minimal), following(minimal)
    assert changes(before, load_published(later)) == ()
    later["controller"]["phone"] = "+353 1"
    assert meaning(before, load_published(later)) == {(Effect.EDITORIAL, "contact_changed")}


def test_leaving_out_what_is_as_the_software_says_tells_nobody(association: dict[str, Any]) -> None:
    """An older document that is written anew, its own periods apart."""
    lean = following(association)
    for name in ("records", "retention"):
        lean[name] = [one for one in lean[name] if one["kind"] in ("profile", "session")]
    for record in lean["records"]:
        record["fields"].pop("technical", None)
        del record["class"], record["categories"]
    for category in lean["categories"]:
        kept = {one["id"] for one in lean["retention"]}
        rules = category["retention"].get("rules")
        if rules:
            category["retention"]["rules"] = [one for one in rules if one in kept] or rules
    before, after = load_published(association), load_published(lean)
    told = meaning(before, after)
    assert {kind for effect, kind in told if effect is not Effect.EDITORIAL} <= {
        "retention_longer",
        "retention_shorter",
        "survivor_added",
    }
    for change in changes(before, after):
        if change.kind.startswith("retention_"):
            rule = (
                after.retention.get(change.about["rule"]) or before.retention[change.about["rule"]]
            )
            was, now = (one.rule(rule.kind, rule.event).period for one in (before, after))
            assert was != now


def test_every_kind_of_an_older_document_still_compiles(association: dict[str, Any]) -> None:
    named = {one["kind"] for one in association["records"]}
    later = {
        "activity",
        "answer",
        "audit",
        "call",
        "contact",
        "device",
        "external",
        "hold",
        "message",
        "message_place",
        "open_request",
        "question",
        "recording",
        "register",
        "reply",
        "request_message",
        "restriction",
        "retention_review",
        "retention_run",
        "retention_tally",
        "role",
        "told",
        "tombstone",
        "transaction",
        "warning",
    }  # kinds of later releases
    assert named == STORED.keys() - later
    assert all(
        "technical" in one["fields"] for one in association["records"] if one["kind"] != "profile"
    )
    notice = compile_notice(association, STORED)
    for kind in STORED.values():
        assert kind.fields <= notice.records[kind.name].fields
    assert notice.rule("session", "created").ends(NOW) == NOW + timedelta(days=30)
    assert notice.rule("session", "last_used").ends(NOW) == NOW + timedelta(days=10)


def test_every_kind_rule_and_survivor_has_its_words() -> None:
    parts = ("title", "description")
    wanted = {f"{name}.{part}" for name in STORED for part in parts}
    wanted |= {f"{kind.name}.{rule.event}.description" for kind, rule in RULES}
    wanted |= {f"{stays}.stays" for _, rule in RULES for stays in rule.survives}
    several = [kind for kind in STORED.values() if len(kind.rules) > 1]
    wanted |= {f"{kind.name}.{rule.event}.title" for kind in several for rule in kind.rules}
    assert set(words("records", "en")) == wanted
    said = set(words("document", "en"))
    assert {f"notifications.{name}.title" for name in NOTIFICATIONS} <= said
    rights = known()
    assert rights == {*map(str, Right)}
    assert {f"rights.{name}.{part}" for name in rights for part in parts} <= said


def test_what_a_later_release_keeps_is_left_out_by_one_that_does_not_know_it(
    minimal: dict[str, Any],
) -> None:
    """The code returned to this release, and the version in force stays."""
    document = minimal
    document["records"] = [{"kind": "beacon", "fields": {}}]
    rule = {"id": "beacons", "kind": "beacon", "from": "created", "period": {"days": 3}}
    document["retention"] = [{**rule, "origin": "proposed"}]
    notice = load_published(document)
    assert "beacon" not in notice.records
    assert "beacons" not in notice.retention
    assert "beacon" not in render_html(notice, notice.locales[0])
    with pytest.raises(NoticeRefused):
        compile_notice(document, STORED)
