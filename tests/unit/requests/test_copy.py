from __future__ import annotations

import html
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.consents.kinds import ENTRIES
from chalicelib.disclosures.kinds import DISCLOSURES
from chalicelib.kinds.model import Reader, Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices import access
from chalicelib.notices.access import SAFEGUARDS, TRANSFERS
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html
from chalicelib.publications.kinds import OBLIGATIONS
from chalicelib.requests.machine import Entry, Status
from chalicelib.requests.model import Request, copy_of
from tests.unit.core.samples import NOW, SUBJECT, association, shipped

REQUEST = Request(
    "q" * 26, "copy", Status.RECEIVED, "website", NOW, None, (Entry(NOW, Status.RECEIVED),)
)
KINDS = Registry(ENTRIES, DISCLOSURES, OBLIGATIONS)
"""The kinds whose records are told otherwise than they are stored, save those that read a table."""

SECRETS = {name: kind.secrets for name, kind in STORED.items() if kind.secrets}
LEFT_OUT = {name for name, kind in STORED.items() if kind.machinery}

HELD = [
    Record("profile", "identity", {"email": "ada@example.org", "name": "Ada"}),
    Record("profile", "company", {"name": "Analytical Engines"}),
    Record("standing", "", {"state": "active", "decisions": {"surveys": {"decision": "granted"}}}),
    Record(
        "entry",
        "000000000001",
        {"seq": 1, "decisions": {"surveys": "granted"}, "salt": "SALT-IN-CLEAR", "hash": "h"},
    ),
    Record(
        "session",
        "s1",
        {
            "created_at": "2026-11-22",
            "expires_at": "2026-12-06",
            "ip_address": "203.0.113.0/24",
            "approximate_place": "IT",
            "generation": 3,
        },
    ),
    Record("request", "r1", {"right": "copy", "details": "please hurry"}),
    Record("claim", "", {"verified_at": "2026-11-22", "second_factor": True, "country": "IT"}),
    Record(
        "second_factor",
        "",
        {
            "status": "confirmed",
            "created_at": "2026-11-22",
            "last_step": 59_999_999,
            "secret": "FACTOR-SECRET",
            "recovery": ["RECOVERY-FINGERPRINT"],
        },
    ),
    Record(
        "email_change",
        "",
        {
            "email": "ada@example.net",
            "former_email": "ada@example.com",
            "requested_at": "2026-11-22",
            "former": "FORMER-HASH",
            "target": "TARGET-HASH",
        },
    ),
    Record("reference", "", {"reference": "customer-1815", "set_at": "2026-11-22"}),
    Record("credential", "", {"password_hash": "$argon2id$CREDENTIAL", "registered_at": "now"}),
    Record("link", "l1", {"action": "verify_address", "target": "LINK-TARGET"}),
    Record("job", "j1", {"queue": "mail", "target": "JOB-TARGET"}),
]


def copy(
    locale: str = "it",
    held: list[Record] = HELD,
    notice: Notice | None = None,
    now: datetime = NOW,
) -> dict[str, Any]:
    read_by = notice or shipped()
    told = KINDS.told(iter(held), Reader(SUBJECT, read_by, locale, now))
    return copy_of(told, read_by, locale, REQUEST, now)


def records(document: Any) -> dict[str, Any]:
    """The records of a copy by kind."""
    return {record["kind"]: record for record in document["records"]}


def test_a_copy_is_json_and_says_what_it_is() -> None:
    document = copy()
    assert json.loads(json.dumps(document)) == document
    assert document["request"] == REQUEST.id
    assert document["notice"] == {"version": shipped().version, "digest": shipped().digest}
    assert document["made_at"].startswith("2026-11-22T16:00:00")


def test_everything_about_the_person_is_in_it() -> None:
    found = records(copy())
    assert set(found) == {record.kind for record in HELD} - LEFT_OUT
    assert found["profile"]["items"] == [
        {"id": "identity", "email": "ada@example.org", "name": "Ada"},
        {"id": "company", "name": "Analytical Engines"},
    ]
    assert found["request"]["items"][0]["details"] == "please hurry"
    assert found["entry"]["items"][0]["decisions"] == {"surveys": "granted"}
    assert "id" not in found["standing"]["items"][0]


@pytest.mark.parametrize("locale", ["it", "en"])
def test_machinery_and_secrets_are_not(locale: str) -> None:
    text = json.dumps(copy(locale))
    for hidden in (
        "$argon2id",
        "SALT-IN-CLEAR",
        "LINK-TARGET",
        "JOB-TARGET",
        "FACTOR-SECRET",
        "RECOVERY-FINGERPRINT",
        "59999999",
        "FORMER-HASH",
        "TARGET-HASH",
        "password_hash",
        "generation",
        "offered",
    ):
        assert hidden not in text


def test_where_one_signed_in_moved_to_and_is_known_as_is_told() -> None:
    found = {kind: record["items"] for kind, record in records(copy()).items()}
    assert found["session"][0]["ip_address"] == "203.0.113.0/24"
    assert found["session"][0]["approximate_place"] == "IT"
    assert found["claim"] == [{"verified_at": "2026-11-22", "second_factor": True, "country": "IT"}]
    assert found["second_factor"] == [{"status": "confirmed", "created_at": "2026-11-22"}]
    (move,) = found["email_change"]
    assert (move["email"], move["former_email"]) == ("ada@example.net", "ada@example.com")
    assert found["reference"][0]["reference"] == "customer-1815"


def test_the_lists_of_what_is_left_out() -> None:
    assert {"job", "link", "credential"} <= LEFT_OUT
    kept = {"profile", "standing", "entry", "session", "request", "export", "claim"}
    assert not kept & LEFT_OUT


def test_only_fields_that_a_kind_stores_are_left_out_of_it() -> None:
    for kind, secrets in SECRETS.items():
        assert secrets < STORED[kind].fields
        assert kind not in LEFT_OUT


@pytest.mark.parametrize("name", sorted({name for one in SECRETS.values() for name in one}))
def test_a_field_of_a_profile_is_told_whatever_its_name(name: str) -> None:
    # What the fields of a profile are called is the notice's to say.
    (item,) = records(copy(held=[Record("profile", "sport", {name: "5 km"})]))["profile"]["items"]
    assert item == {"id": "sport", name: "5 km"}


@pytest.mark.parametrize("locale", ["it", "en"])
def test_records_are_named_in_the_words_of_the_notice(locale: str) -> None:
    for kind, record in records(copy(locale)).items():
        assert record["title"] == shipped().records[kind].title[locale]


GIVEN = {
    "recipient": "sponsors",
    "category": "identity",
    "purpose": "partner_lists",
    "fields_given": "name email",
    "disclosed_at": "2026-11-22",
    "entry": "e.1",
}


@pytest.mark.parametrize("locale", ["it", "en"])
def test_who_was_given_data_is_named(locale: str) -> None:  # art. 15(1)(c)
    notice = shipped()
    found = records(copy(locale, [Record("disclosure", "d1", GIVEN)]))["disclosure"]
    fields = notice.categories["identity"].fields
    assert found["items"] == [
        {
            "id": "d1",
            "recipient": notice.recipients["sponsors"].name[locale],
            "category": notice.categories["identity"].title[locale],
            "purpose": notice.purposes["partner_lists"].title[locale],
            "fields_given": [fields["name"].title[locale], fields["email"].title[locale]],
            "disclosed_at": "2026-11-22",
            "entry": "e.1",
        }
    ]


def test_who_was_given_data_that_no_notice_names_any_more_is_told_by_id() -> None:
    lost = {**GIVEN, "recipient": "r", "category": "c", "purpose": "p"}
    (item,) = records(copy(held=[Record("disclosure", "d1", lost)]))["disclosure"]["items"]
    assert (item["recipient"], item["category"], item["purpose"]) == ("r", "c", "p")
    assert item["fields_given"] == ["name", "email"]
    whole = {name: value for name, value in GIVEN.items() if name != "fields_given"}
    (item,) = records(copy(held=[Record("disclosure", "d1", whole)]))["disclosure"]["items"]
    assert item["fields_given"] == []


def test_the_two_languages_differ() -> None:
    italian, english = records(copy("it")), records(copy("en"))
    assert any(italian[kind]["title"] != english[kind]["title"] for kind in italian)


def test_a_kind_that_no_notice_names_any_more_is_still_handed_over() -> None:
    found = records(copy(held=[Record("old_kind", "1", {"value": "x"})]))
    assert found["old_kind"] == {
        "kind": "old_kind",
        "title": "old_kind",
        "kept": ["non indicato dal titolare"],
        "items": [{"id": "1", "value": "x"}],
    }


def about(document: Any) -> dict[str, Any]:
    """What is said about each category."""
    return {one["category"]: one for one in document["information"]["categories"]}


@pytest.mark.parametrize("locale", ["it", "en"])
def test_what_article_15_wants_said_about_a_category(locale: str) -> None:
    notice = shipped()
    identity, said = notice.categories["identity"], about(copy(locale))["identity"]
    assert said["title"] == identity.title[locale]
    purposes = [one for one in notice.purposes.values() if "identity" in one.categories]
    assert set(said["purposes"]) == {one.title[locale] for one in purposes}  # (a)
    names = {recipient for one in purposes for recipient in one.recipients}
    shown = {one["name"] for one in said["recipients"]}
    assert shown == {notice.recipients[one].name[locale] for one in names}  # (c)
    titles = {one["id"]: one["title"][locale] for one in notice.document["sources"]}
    assert said["sources"] == [titles[one] for one in identity.sources]  # (g)
    for part in ("purposes", "recipients", "kept", "sources"):
        assert said[part], part


@pytest.mark.parametrize("locale", ["it", "en"])
def test_safeguards_of_transfers_are_told(locale: str) -> None:  # art. 15(2)
    notice, said = shipped(), about(copy(locale))["identity"]
    by_name = {one["name"]: one for one in said["recipients"]}
    for recipient in notice.recipients.values():
        found = by_name.get(recipient.name[locale])
        if found is not None:
            assert found["safeguard"] == (recipient.transfer_tool or "not_stated")
            assert found["countries"] == list(recipient.countries)
            assert found["transfer_words"]
            assert found["place"]


RECIPIENTS = {  # country, transfer -> what the copy says of it
    ("none", "not_needed"): ({"codes": ["IT", "NO"]}, None),
    ("third_country", "adequacy"): ({"codes": ["JP"]}, {"tool": "adequacy"}),
    ("third_country", "derogation"): ({}, {"tool": "derogation"}),
    ("third_country", "not_stated"): ({"codes": ["IT", "CN"]}, {"to_confirm": True}),
    ("not_stated", "not_stated"): ({"codes": ["IT"]}, {"to_confirm": True}),
}


def with_recipient(country: dict[str, Any], transfer: dict[str, Any] | None) -> Notice:
    """The shipped notice with other facts about its first recipient."""
    document = json.loads(json.dumps(shipped().document))
    found = document["recipients"][0]
    unstated = {} if "codes" in country else {"to_confirm": True}
    found["country"] = {"origin": "published", **unstated, **country}
    found.pop("transfer", None)
    if transfer is not None:
        found["transfer"] = {"origin": "published", **transfer}
    return load_published(document)


@pytest.mark.parametrize("said", RECIPIENTS)
def test_a_transfer_and_its_safeguard_are_words_and_never_null(said: tuple[str, str]) -> None:
    notice = with_recipient(*RECIPIENTS[said])
    name = notice.text(next(iter(notice.recipients.values())).name, "en")
    found = next(
        one
        for category in about(copy("en", notice=notice)).values()
        for one in category["recipients"]
        if one["name"] == name
    )
    assert (found["transfer"], found["safeguard"]) == said
    assert None not in found.values()
    if said[0] == "none":
        assert found["transfer_words"] == "no transfer outside the European Economic Area"


def test_the_words_of_transfers_are_closed_and_documented() -> None:
    tools = shipped_schema()["$defs"]["recipient"]["properties"]["transfer"]["properties"]["tool"]
    assert SAFEGUARDS.keys() == {*tools["enum"], "not_needed", "not_stated"}
    said = {one for pair in RECIPIENTS for one in pair}
    assert TRANSFERS.keys() <= said
    documented = Path("docs/api.md").read_text("utf-8")
    for word, meaning in (*TRANSFERS.items(), *SAFEGUARDS.items()):
        assert f"| `{word}` | {meaning} |" in documented


def shipped_schema() -> Any:
    """The schema of notices."""
    return json.loads(Path("chalicelib/notices/notice.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("locale", ["it", "en"])
def test_how_long_a_category_is_kept_is_the_sentence_of_the_page(locale: str) -> None:  # (1)(d)
    notice = shipped()
    page = html.unescape(render_html(notice, locale))
    for one in notice.document["categories"]:
        said = access.category_kept(notice, one["id"], locale)
        assert len(said) == len(one["retention"].get("rules", [])) + ("text" in one["retention"])
        assert [text for text in said if text not in page] == []
    period = {"it": "Profilo: 1 giorno da quando finisce", "en": "Profile: 1 day from when it ends"}
    assert period[locale] in about(copy(locale))["identity"]["kept"]


@pytest.mark.parametrize("locale", ["it", "en"])
def test_how_long_each_record_is_kept_is_said_in_words(locale: str) -> None:
    notice = shipped()
    for kind, record in records(copy(locale)).items():
        rules = [one for one in notice.retention.values() if one.kind == kind]
        assert len(record["kept"]) == len(rules)
        for rule, said in zip(rules, record["kept"], strict=True):
            assert said.startswith(f"{rule.title[locale]}: ")
    at_once = {"it": "subito", "en": "at once"}[locale]
    assert any(at_once in said for said in records(copy(locale))["standing"]["kept"])


def test_a_record_without_a_rule_is_kept_as_its_categories_are() -> None:
    notice = shipped()
    records = {**notice.records, "ticket": replace(notice.records["session"], kind="ticket")}
    said = access.record_kept(replace(notice, records=records), "ticket", "en")
    groups = [one for one in notice.records["session"].groups if one in notice.categories]
    assert groups
    kept = [text for group in groups for text in access.category_kept(notice, group, "en")]
    assert said == list(dict.fromkeys(kept))


@pytest.mark.parametrize("locale", ["it", "en"])
def test_rights_complaint_and_automated_decisions_are_told(locale: str) -> None:
    notice, information = shipped(), copy(locale)["information"]
    assert information["rights"] == [one.title[locale] for one in notice.rights.values()]  # (e)
    assert information["complaint"] == notice.document["complaint"]["text"][locale]  # (f)
    automated = notice.document["automated_decisions"]["text"][locale]
    assert information["automated_decisions"] == automated  # (h)


def test_categories_are_those_that_are_held() -> None:
    assert {"identity", "company"} <= set(about(copy()))
    only = [Record("profile", "identity", {"email": "ada@example.org"})]
    assert set(about(copy(held=only))) == {"identity"}
    assert about(copy(held=[])) == {}


def test_another_notice_in_one_language() -> None:
    held = [Record("profile", "member", {"mail": "ada@example.org"})]
    document = copy("it", held, association())
    record = records(document)["profile"]
    assert record["title"] == association().records["profile"].title["en"]
    assert set(about(document)) == {"member"}


def test_the_copy_does_not_change_with_the_hour_of_the_record() -> None:
    early, late = copy(), copy(now=NOW + timedelta(hours=1))
    assert early["records"] == late["records"]
    assert early["made_at"] != late["made_at"]
