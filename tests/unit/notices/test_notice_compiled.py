"""A valid document becomes a notice that says the same."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.catalogue import NOTIFICATIONS, STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published, marks
from chalicelib.notices.contract.processing import PROCESSING
from chalicelib.notices.model import Announcing, FieldRef, Notice, Period
from chalicelib.notices.processing import report_json
from chalicelib.notices.rendering import render_markdown
from chalicelib.pages.words import words


def test_the_notice_says_what_the_document_says(notice: Notice) -> None:
    assert notice.version == "2025-03-01"
    assert notice.effective_at == datetime(2025, 3, 1, 9, tzinfo=UTC)
    assert notice.text_date == date(2025, 2, 14)
    assert notice.locales == ("en",)
    assert notice.hosts == {"millbrook.example"}
    assert notice.hosting == {"aws:eu-west-1"}
    assert notice.records.keys() == STORED.keys()
    assert (notice.deadline.within, notice.deadline.extension) == (
        Period(months=1),
        Period(months=2),
    )


def test_categories_have_fields_and_outcomes(notice: Notice) -> None:
    plot = notice.categories["plot"]
    assert [(found.id, found.type, found.maximum) for found in plot.fields.values()] == [
        ("number", "code", 8),
        ("sharer", "text", 120),
    ]
    assert plot.outcomes.keys() == notice.rights.keys()
    assert plot.outcomes["erase"].outcome == "erased"
    assert plot.outcomes["erase"].text is not None


def test_recipients_forms_and_cookies_are_compiled(notice: Notice) -> None:
    council, host = notice.recipients["county_council"], notice.recipients["host"]
    assert council.items == frozenset({FieldRef("member", "full_name"), FieldRef("plot", "number")})
    assert (host.items, host.countries, host.transfer_tool) == (None, ("IE", "CH"), "adequacy")
    form = notice.forms["registration"]
    assert form.address == FieldRef("member", "mail")
    assert form.required == {FieldRef("member", "mail"), FieldRef("member", "full_name")}
    assert notice.cookies["__Host-session"].lifetime == {"days": 30}
    assert notice.cookie_classes["technical"].exempt


def test_record_kinds_hold_their_fields_by_group(notice: Notice) -> None:
    request = notice.records["request"]
    assert request.fields == STORED["request"].fields
    assert request.groups["member"] == {"details"}
    assert "details" not in request.groups["technical"]
    assert request.retention_class == "evidence"
    session = notice.records["session"]
    assert session.groups["device"] == {"ip_address", "approximate_place"}
    assert session.fields == STORED["session"].fields


def test_notifications_say_which_may_be_turned_off(notice: Notice) -> None:
    assert notice.notifications.keys() == NOTIFICATIONS.keys()
    assert {name: one.optional for name, one in notice.notifications.items()} == {
        "new_sign_in": True,
        "account_security": False,
        "requests": False,
        "notice_changes": False,
    }
    abroad = notice.notifications["new_sign_in"]
    assert abroad.title == {"en": "A sign-in from abroad"}
    assert "another country" in abroad.description["en"]


def test_how_people_are_told_of_a_change_is_compiled(
    notice: Notice, association: dict[str, Any]
) -> None:
    assert notice.announcing == Announcing(lead=Period(days=14), shown=Period(days=21))
    del association["announcements"]
    unsaid = compile_notice(association, STORED).announcing
    assert unsaid == Announcing(lead=Period(), shown=Period(days=30))


def test_what_may_be_turned_off_need_not(association: dict[str, Any]) -> None:
    association["notifications"][0]["optional"] = False
    notice = compile_notice(association, STORED)
    assert not any(one.optional for one in notice.notifications.values())


def test_a_record_may_go_at_once_from_its_end(association: dict[str, Any]) -> None:
    disowned = compile_notice(association, STORED).rule("standing", "disowned")
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert disowned.ends(now) == now
    for index in (2, 9):  # claim from ended, request from closed
        association["retention"][index]["period"] = {"days": 0}
    notice = compile_notice(association, STORED)
    assert notice.rule("claim", "ended").ends(now) == now
    assert notice.rule("request", "closed").ends(now) == now


def test_the_digest_is_over_the_canonical_form(association: dict[str, Any]) -> None:
    # All member names and numbers here are plain, so sorted compact JSON is RFC 8785's form.
    canonical = json.dumps(
        association, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    expected = hashlib.sha256(canonical).hexdigest()
    turned = dict(reversed(association.items()))
    assert compile_notice(association, STORED).digest == expected
    assert compile_notice(turned, STORED).digest == expected
    association["controller"]["name"] += "."
    assert compile_notice(association, STORED).digest != expected


def test_a_number_is_the_same_however_it_is_written(association: dict[str, Any]) -> None:
    before = compile_notice(association, STORED)
    association["retention"][0]["period"] = {"days": 10.0}
    after = compile_notice(association, STORED)
    assert after.digest == before.digest
    assert after.rule("standing", "registered") == before.rule("standing", "registered")
    assert isinstance(after.rule("standing", "registered").period.days, int)


def test_what_is_still_to_confirm_is_named_by_its_place(association: dict[str, Any]) -> None:
    assert compile_notice(association, STORED).unconfirmed == ()
    association["purposes"][1]["basis"]["origin"] = "controller_choice"
    association["retention"][0]["origin"] = "controller_choice"
    association["controller"]["dpo"]["to_confirm"] = True
    association["recipients"][1]["transfer"] = {"origin": "law", "to_confirm": True}
    association["categories"][0]["items"][1]["to_confirm"] = True
    association["categories"][0]["outcomes"]["port"]["origin"] = "controller_choice"
    association["records"][0]["to_confirm"] = True
    association["cookies"]["cookies"][0]["origin"] = "controller_choice"
    association["notifications"][0]["origin"] = "controller_choice"
    association["security"][0]["to_confirm"] = False
    expected = {
        "purposes/newsletter/basis",
        "retention/standing_unverified",
        "controller/dpo",
        "recipients/host/transfer",
        "categories/member/items/full_name",
        "categories/member/outcomes/port",
        "records/standing",
        "cookies/cookies/__Host-session",
        "notifications/new_sign_in",
    }
    found = compile_notice(association, STORED).unconfirmed
    assert (set(found), len(found)) == (expected, len(expected))
    known = {"controller/dpo", "purposes/newsletter/basis", "no/such/item"}
    assert compile_notice(association, STORED, known).unconfirmed == found
    entries = marks.confirmations(association)
    confirmed = {entry for entry in entries if entry.partition("=")[0] in known}
    rest = compile_notice(association, STORED, confirmed).unconfirmed
    assert set(rest) == expected - known
    assert marks.confirmations(association, confirmed) == tuple(
        entry for entry in entries if entry not in confirmed
    )


def test_a_published_document_comes_back_as_the_same_notice(association: dict[str, Any]) -> None:
    association["security"][0]["origin"] = "controller_choice"
    confirmed = marks.confirmations(association)
    compiled = compile_notice(association, STORED, confirmed)
    loaded = load_published(json.loads(json.dumps(association)), confirmed)
    names = [name for name in Notice.__slots__ if not name.startswith("_")]
    assert {name: getattr(loaded, name) for name in names} == {
        name: getattr(compiled, name) for name in names
    }
    assert loaded.unconfirmed == ()
    assert load_published(association).unconfirmed == ("security/care",)


def test_a_notice_may_bring_every_label(association: dict[str, Any]) -> None:
    association["labels"] = {name: {"en": f"{name}!"} for name in words("notice", "en")}
    notice = compile_notice(association, STORED)
    assert "no_transfer!" in render_markdown(notice, "en").replace("\\", "")


def test_a_notice_may_name_hundreds_of_recipients(association: dict[str, Any]) -> None:
    partner = association["recipients"][0]
    names = [f"partner_{number}" for number in range(250)]
    association["recipients"] += [{**partner, "id": name} for name in names]
    for purpose in association["purposes"]:
        if purpose["id"] in partner["purposes"]:
            purpose["recipients"] += names
    notice = compile_notice(association, STORED)
    assert set(names) < notice.recipients.keys()
    document, contract = json.loads(report_json(notice, "en")), PROCESSING.answers[200].schema
    assert contract is not None
    Draft202012Validator(contract).validate(document)


@pytest.mark.parametrize(("codes", "outside"), [(["EU"], False), (["EU", "XK"], True)])
def test_where_in_the_union_data_lies_need_not_be_known(
    association: dict[str, Any], codes: list[str], outside: bool
) -> None:
    member = association["recipients"][0]
    member["country"]["codes"] = codes
    if outside:
        with pytest.raises(NoticeRefused) as caught:
            compile_notice(association, STORED)
        assert [one.pointer for one in caught.value.findings] == ["/recipients/0/transfer"]
    else:
        notice = compile_notice(association, STORED)
        assert "European Union" in render_markdown(notice, "en")


def test_a_country_by_another_code_is_told_by_the_right_one(association: dict[str, Any]) -> None:
    association["recipients"][0]["country"]["codes"] = ["UK", "EL", "ZZ"]
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(association, STORED)
    first, second, third = (one.detail for one in caught.value.findings)
    assert first.endswith("write GB.")
    assert second.endswith("write GR.")
    assert third.startswith("is no country's code")


def test_a_known_host_outside_the_union_with_a_tool_is_accepted(
    association: dict[str, Any],
) -> None:
    association["controller"]["country"] = "CN"
    association["controller"]["representative"] = {
        "origin": "published",
        "to_confirm": True,
        "text": {"en": "Not stated by the controller."},
    }
    host = association["recipients"][1]
    host["country"] = {"origin": "published", "to_confirm": True}
    host["transfer"] = {"origin": "published", "to_confirm": True}
    notice = compile_notice(association, STORED)
    assert notice.recipients["host"].countries == ()
    assert notice.recipients["host"].transfer_tool is None
    assert set(notice.unconfirmed) == {
        "controller/representative",
        "recipients/host/country",
        "recipients/host/transfer",
    }
