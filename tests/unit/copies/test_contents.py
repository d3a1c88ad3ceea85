"""What a copy holds and says (GDPR art. 15), and what it leaves out."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.instants import instant
from chalicelib.kinds.model import Record
from chalicelib.notices import access
from chalicelib.notices.access import SAFEGUARDS, TRANSFERS
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html
from chalicelib.systems.model import Status, Supplement
from tests.unit.copies.samples import HELD, HIDDEN, REQUEST, Copy, made, order
from tests.unit.core.samples import NOW, SUBJECT, association, shipped

LEFT_OUT = {name for name, kind in STORED.items() if kind.left_out is not None}
SECRETS = {name: kind.secrets for name, kind in STORED.items() if kind.secrets}


def about(copied: Copy) -> Mapping[str, Any]:
    return {one["category"]: one for one in copied.data["information"]["categories"]}


def test_a_copy_says_what_it_is() -> None:
    copied = made()
    assert copied.data["request"] == {"id": REQUEST, "right": "copy", "received_at": instant(NOW)}
    assert copied.data["notice"] == {"version": shipped().version, "digest": shipped().digest}
    assert (copied.data["made_at"], copied.data["language"]) == (instant(NOW), "it")


def test_everything_about_the_person_is_in_it() -> None:
    copied = made()
    assert copied.kinds == list(dict.fromkeys(one.kind for one in HELD))[:-3]
    assert copied.fields("profile") == [
        {"email": "ada@example.org", "name": "Ada"},
        {"name": "Analytical Engines"},
    ]
    assert [one["id"] for one in copied.items("profile")] == ["identity", "company"]
    assert copied.fields("request")[0]["details"] == "please hurry"
    assert copied.fields("entry")[0]["decisions"] == {"surveys": "granted"}
    assert copied.fields("request_message") == [
        {"request": "r1", "by": "desk", "text": "No, sorry."}
    ]
    assert "id" not in copied.items("standing")[0]
    assert copied.data["held"]["records"] == 14
    assert "14" in copied.data["held"]["text"]


def test_an_entry_leads_to_its_receipt() -> None:
    (entry,) = made().fields("entry")
    assert entry["receipt"] == f"https://privacy.example/account/receipts/{SUBJECT}.1"


@pytest.mark.parametrize("locale", ["it", "en"])
def test_a_request_is_told_with_the_reasons_of_its_answer(locale: str) -> None:
    (request,) = made(order(locale=locale)).fields("request")
    received, refused = request["history"]
    assert received == {
        "at": "2026-11-22T10:00:00.000Z",
        "status": "received",
        "event": "submit",
        "by": "person",
    }
    assert (refused["reason"], refused["article"]) == ("claims", "17(3)(e)")
    words = json.loads(Path(f"chalicelib/pages/words/{locale}/requests.json").read_text("utf-8"))
    assert refused["ground"] == words["ground.claims"]
    assert request["categories"] == ["identity", "company"]


def test_what_one_was_told_when_is_in_it() -> None:
    (told,) = made().fields("obligation")
    assert (told["notice_version"], told["sent_at"]) == ("2026-12-01", "then")
    assert told["ask"] == ["surveys"]


@pytest.mark.parametrize("locale", ["it", "en"])
def test_secrets_and_machinery_are_not(locale: str) -> None:
    copied = made(order(locale=locale))
    for hidden in HIDDEN:
        assert hidden not in json.dumps(copied.data)
        assert hidden not in copied.page


def test_what_is_left_out_is_named_with_a_reason() -> None:
    left = {one["kind"]: one for one in made().data["left_out"]}
    assert LEFT_OUT | SECRETS.keys() | {None, "hold", "retention_review"} == left.keys()
    for kind in ("hold", "retention_review"):
        assert (left[kind]["fields"], left[kind]["reason"]) == (["by", "reason"], "others")
    for kind, secrets in SECRETS.items():
        if kind not in LEFT_OUT:
            assert left[kind]["fields"] == sorted(secrets)
            assert left[kind]["reason"] == "secret"
    assert {left[kind]["fields"] for kind in LEFT_OUT} == {None}
    assert (left["audit"]["reason"], left["job"]["reason"]) == ("others", "machinery")
    assert (left["credential"]["reason"], left["data_key"]["reason"]) == ("secret", "secret")
    assert left[None]["reason"] == "others"
    assert all(one["why"] and one["title"] for one in left.values())


def test_every_kind_of_the_software_has_an_answer() -> None:
    """A new kind says who gives it, or why nobody is told: for copies and for portability."""
    for kind in STORED.values():
        by_origin = kind.name == "external"  # each record names its own
        assert (kind.source is None) is (kind.left_out is not None or by_origin), kind.name


def test_the_kinds_that_nobody_is_told() -> None:
    assert {"job", "link", "credential", "audit", "data_key"} <= LEFT_OUT
    assert not {"profile", "standing", "entry", "session", "request", "export", "claim"} & LEFT_OUT
    for kind, secrets in SECRETS.items():
        assert secrets <= STORED[kind].fields


@pytest.mark.parametrize("name", sorted({name for one in SECRETS.values() for name in one}))
def test_a_field_of_a_profile_is_told_whatever_its_name(name: str) -> None:
    # What the fields of a profile are called is the notice's to say.
    (item,) = made(held=[Record("profile", "sport", {name: "5 km"})]).items("profile")
    assert (item["id"], item["fields"]) == ("sport", {name: "5 km"})


@pytest.mark.parametrize("locale", ["it", "en"])
def test_records_are_named_in_the_words_of_the_notice(locale: str) -> None:
    for record in made(order(locale=locale)).data["records"]:
        assert record["title"] == shipped().records[record["kind"]].title[locale]


def test_who_gave_a_record_is_said_of_each() -> None:  # art. 15(1)(g)
    copied = made()
    assert {one["source"] for one in copied.items("profile")} == {"subject"}
    assert {one["source"] for one in copied.items("session")} == {"observed"}
    assert {one["source"] for one in copied.items("disclosure")} == {"software"}
    wrote = [{"by": by, "text": "x"} for by in ("person", "desk")]
    messages = made(
        held=[Record("request_message", f"r.{by}", one) for by, one in enumerate(wrote)]
    )
    assert [one["source"] for one in messages.items("request_message")] == ["subject", "software"]


@pytest.mark.parametrize(("origin", "party"), [("others", "third_party"), ("devices", "observed")])
def test_a_record_that_names_its_origin_is_from_there(origin: str, party: str) -> None:
    (item,) = made(held=[Record("ticket", "t1", {"origin": origin})]).items("ticket")
    assert item["source"] == party
    (item,) = made(held=[Record("ticket", "t1", {"origin": "elsewhere"})]).items("ticket")
    assert item["source"] is None


def test_a_record_with_a_date_says_until_when_it_is_kept() -> None:  # art. 15(1)(d)
    copied = made()
    assert copied.items("session")[0]["kept_until"] == instant(NOW)
    assert "kept_until" not in copied.items("entry")[0]
    for record in copied.data["records"]:
        rules = [one for one in shipped().retention.values() if one.kind == record["kind"]]
        assert len(record["kept"]) == len(rules)


@pytest.mark.parametrize("locale", ["it", "en"])
def test_how_long_each_record_is_kept_is_said_in_words(locale: str) -> None:
    notice, copied = shipped(), made(order(locale=locale))
    for record in copied.data["records"]:
        rules = [one for one in notice.retention.values() if one.kind == record["kind"]]
        for rule, said in zip(rules, record["kept"], strict=True):
            assert said.startswith(f"{rule.title[locale]}: ")
    (standing,) = [one for one in copied.data["records"] if one["kind"] == "standing"]
    at_once = {"it": "subito", "en": "at once"}[locale]
    assert any(at_once in said for said in standing["kept"])


def test_a_record_without_a_rule_is_kept_as_its_categories_are() -> None:
    notice = shipped()
    records = {**notice.records, "ticket": replace(notice.records["session"], kind="ticket")}
    said = access.record_kept(replace(notice, records=records), "ticket", "en")
    groups = [one for one in notice.records["session"].groups if one in notice.categories]
    assert groups
    kept = [text for group in groups for text in access.category_kept(notice, group, "en")]
    assert said == list(dict.fromkeys(kept))


@pytest.mark.parametrize("locale", ["it", "en"])
def test_who_received_data_is_named_with_day_purpose_and_fields(locale: str) -> None:  # (1)(c)
    notice, copied = shipped(), made(order(locale=locale))
    fields = notice.categories["identity"].fields
    (given,) = copied.about("identity")["received"]
    assert given == {
        "recipient": "sponsors",
        "name": notice.recipients["sponsors"].name[locale],
        "purpose": "partner_lists",
        "purpose_title": notice.purposes["partner_lists"].title[locale],
        "fields": ["name", "email"],
        "field_titles": [fields["name"].title[locale], fields["email"].title[locale]],
        "days": ["2026-11-22"],
        "times": 1,
    }
    (record,) = copied.fields("disclosure")
    assert record["recipient"] == notice.recipients["sponsors"].name[locale]
    assert record["fields_given"] == given["field_titles"]


def given(number: int, **fields: str) -> Record:
    """A disclosure."""
    known = {
        "recipient": "sponsors",
        "category": "identity",
        "purpose": "partner_lists",
        "disclosed_at": f"2026-11-{1 + number % 28:02d}T09:00:00.000Z",
    }
    return Record("disclosure", f"d{number:05d}", {**known, **fields})


def test_what_was_given_often_is_told_once_with_all_its_days() -> None:
    copied = made(held=[given(number) for number in range(200)])
    (received,) = copied.about("identity")["received"]
    assert received["times"] == 200
    assert received["days"] == [f"2026-11-{day:02d}" for day in range(1, 29)]
    assert len(copied.items("disclosure")) == 200


def test_who_was_given_what_the_notice_names_no_more_is_told_by_id() -> None:
    lost = {"recipient": "r", "category": "c", "purpose": "p", "fields_given": "f"}
    copied = made(held=[given(1, **lost)])
    (received,) = copied.about("c")["received"]
    assert (received["name"], received["purpose_title"]) == ("r", "p")
    assert received["field_titles"] == ["f"]
    assert copied.about("c")["title"] == "c"
    (record,) = made(held=[given(1)]).fields("disclosure")
    assert record["fields_given"] == []


def test_a_category_that_was_given_and_is_not_held_any_more_is_told() -> None:
    copied = made(held=[given(1)])
    assert set(about(copied)) == {"identity"}
    assert copied.about("identity")["purposes"]


@pytest.mark.parametrize("locale", ["it", "en"])
def test_what_article_15_wants_said_about_a_category(locale: str) -> None:
    notice = shipped()
    identity, said = notice.categories["identity"], made(order(locale=locale)).about("identity")
    assert said["title"] == identity.title[locale]
    purposes = [one for one in notice.purposes.values() if "identity" in one.categories]
    assert [one["title"] for one in said["purposes"]] == [one.title[locale] for one in purposes]
    assert [one["basis"] for one in said["purposes"]] == [str(one.basis) for one in purposes]
    for told, purpose in zip(said["purposes"], purposes, strict=True):
        assert told["basis_words"]
        interest = None if purpose.interest is None else purpose.interest[locale]
        assert told.get("interest") == interest
    assert any("interest" in one for one in said["purposes"])
    names = {recipient for one in purposes for recipient in one.recipients}
    shown = {one["name"] for one in said["recipients"]}
    assert shown == {notice.recipients[one].name[locale] for one in names}
    known = {one["id"]: one for one in notice.document["sources"]}
    assert [(one["title"], one["party"]) for one in said["sources"]] == [
        (known[one]["title"][locale], known[one]["party"]) for one in identity.sources
    ]
    assert said["kept"]
    assert said["portable"] is True


@pytest.mark.parametrize("locale", ["it", "en"])
def test_safeguards_of_transfers_are_told(locale: str) -> None:  # art. 15(2)
    notice, said = shipped(), made(order(locale=locale)).about("identity")
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
        for category in about(made(order(locale="en", notice=notice))).values()
        for one in category["recipients"]
        if one["name"] == name
    )
    assert (found["transfer"], found["safeguard"]) == said
    assert None not in found.values()
    if said[0] == "none":
        assert found["transfer_words"] == "no transfer outside the European Economic Area"


def test_the_words_of_transfers_are_closed_and_documented() -> None:
    schema = json.loads(Path("chalicelib/notices/notice.schema.json").read_text("utf-8"))
    tools = schema["$defs"]["transfer"]["properties"]["tool"]
    assert SAFEGUARDS.keys() == {*tools["enum"], "not_needed", "not_stated"}
    said = {one for pair in RECIPIENTS for one in pair}
    assert TRANSFERS.keys() <= said
    documented = Path("docs/api.md").read_text("utf-8")
    for word, meaning in (*TRANSFERS.items(), *SAFEGUARDS.items()):
        assert f"| `{word}` | {meaning} |" in documented


@pytest.mark.parametrize("locale", ["it", "en"])
def test_how_long_a_category_is_kept_is_the_sentence_of_the_page(locale: str) -> None:
    notice = shipped()
    page = html.unescape(render_html(notice, locale))
    for one in notice.document["categories"]:
        said = access.category_kept(notice, one["id"], locale)
        assert len(said) == len(one["retention"].get("rules", [])) + ("text" in one["retention"])
        assert [text for text in said if text not in page] == []
    period = {"it": "Profilo: 1 giorno da quando finisce", "en": "Profile: 1 day from when it ends"}
    assert period[locale] in made(order(locale=locale)).about("identity")["kept"]


@pytest.mark.parametrize("locale", ["it", "en"])
def test_rights_complaint_and_automated_decisions_are_told(locale: str) -> None:
    notice = shipped()
    information = made(order(locale=locale)).data["information"]
    assert [one["title"] for one in information["rights"]] == [
        one.title[locale] for one in notice.rights.values()
    ]  # (e)
    assert information["complaint"] == notice.document["complaint"]["text"][locale]  # (f)
    automated = information["automated_decisions"]  # (h)
    assert automated["text"] == notice.document["automated_decisions"]["text"][locale]
    uncertain = [one.id for one in notice.purposes.values() if one.automated != "none"]
    assert [one["purpose"] for one in automated["purposes"]] == uncertain
    assert information["controller"]["contact"] == notice.contact


def test_categories_are_those_that_are_held() -> None:
    assert {"identity", "company"} <= set(about(made()))
    only = [Record("profile", "identity", {"email": "ada@example.org"})]
    assert set(about(made(held=only))) == {"identity"}
    assert about(made(held=[])) == {}


def test_a_kind_that_no_notice_names_any_more_is_still_handed_over() -> None:
    copied = made(held=[Record("old_kind", "1", {"value": "x"})])
    (found,) = copied.data["records"]
    assert (found["kind"], found["title"]) == ("old_kind", "old_kind")
    assert found["kept"] == ["non indicato dal titolare"]
    assert found["items"] == [{"id": "1", "source": None, "fields": {"value": "x"}}]


def test_another_notice_in_one_language() -> None:
    held = [Record("profile", "member", {"mail": "ada@example.org"})]
    copied = made(order(notice=association()), held)
    assert copied.data["records"][0]["title"] == association().records["profile"].title["en"]
    assert set(about(copied)) == {"member"}


REQUESTS_ALONE = [one for one in HELD if one.kind in ("request", "request_message", "export")]


def test_who_has_nothing_but_a_request_is_told_so() -> None:
    said = {one: made(order(locale=one), REQUESTS_ALONE).data["held"] for one in ("it", "en")}
    assert said["en"]["text"] == (
        "Nothing is held about you but your requests and what belongs to them."
    )
    assert said["it"]["text"] != said["en"]["text"]
    assert said["en"]["records"] == 3
    assert made(held=[]).data["held"]["text"] == said["it"]["text"]
    more = [*REQUESTS_ALONE, HELD[0]]
    assert made(order(locale="en"), more).data["held"]["text"] == "Records: 4."


ANSWERS = [
    Supplement(
        "own_platform",
        Status.DATA,
        [{"category": "identity", "fields": {"name": "Ada"}}] * 2,
        answered_at=NOW,
        late=True,
    ),
    Supplement("aws", Status.REFUSED, ground="claims", answered_at=NOW),
    Supplement("crm", None),
]


def test_other_systems_are_told_by_name_whatever_they_answered() -> None:
    copied = made(order(locale="en"), HELD[:1], ANSWERS)
    sent, refused, silent = copied.data["systems"]
    assert sent["name"] == shipped().recipients["own_platform"].name["en"]
    assert sent["items"] == ANSWERS[0].records
    assert (sent["answered_at"], sent["late"], refused["late"]) == (instant(NOW), True, False)
    assert (refused["status"], refused["ground"]) == ("refused", "claims")
    assert (silent["name"], silent["status"], silent["items"]) == ("crm", "silent", [])
    assert all(one["text"] in copied.page for one in copied.data["systems"])
    assert copied.data["held"]["records"] == 3


def test_the_same_records_at_the_same_time_are_the_same_bytes() -> None:
    assert made(supplements=ANSWERS).body == made(supplements=ANSWERS).body
    later = made(order(at=NOW + timedelta(hours=1)))
    assert later.data["records"] == made().data["records"]
    assert later.body != made().body


def test_a_copy_from_before_zip_counts_time_is_still_made() -> None:
    assert made(order(at=datetime(1970, 1, 1, tzinfo=UTC))).data["made_at"].startswith("1970")


def test_half_of_a_character_does_not_stop_the_copy() -> None:
    copied = made(held=[Record("profile", "identity", {"name": "Ada \ud83d"})])
    assert copied.fields("profile") == [{"name": "Ada ?"}]
