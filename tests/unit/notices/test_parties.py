"""Controllers, recipients and sources as organisations have them: several, reached in many ways."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices import access
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.notices.presentation import in_force
from chalicelib.notices.processing import (
    activities,
    arrangements,
    controllers,
    report_csv,
    report_json,
)
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.rendering.changes import changes_told
from chalicelib.systems import model as systems
from chalicelib.web.contract import JSON
from tests.unit.notices.edits import edit
from tests.unit.notices.optional import leaner

WORDS = {"en": "Said."}
OTHER = {
    "origin": "published",
    "name": "Hill Street Gardeners",
    "address": "2 Hill Street",
    "country": "IE",
    "form": "https://hill.example/contact",
    "dpo": {"origin": "published", "text": {"en": "None."}},
}


def compiled(document: dict[str, Any]) -> Notice:
    return compile_notice(document, STORED)


def refused(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(NoticeRefused) as caught:
        compiled(document)
    return {one.pointer: one.detail for one in caught.value.findings}


def several(association: dict[str, Any], **more: Any) -> dict[str, Any]:
    association["controller"] = [association["controller"], {**OTHER, **more}]
    return association


def recipient(**more: Any) -> dict[str, Any]:
    return {
        "id": "council",
        "origin": "published",
        "name": {"en": "Council"},
        "role": "processor",
        "country": {"codes": ["IE"], "origin": "published"},
        "purposes": ["water_rota"],
        **more,
    }


def with_recipient(association: dict[str, Any], **more: Any) -> dict[str, Any]:
    association["recipients"].append(recipient(**more))
    return association


def test_joint_controllers_are_named_everywhere(association: dict[str, Any]) -> None:
    document = several(association)
    document["arrangement"] = {"origin": "published", "text": {"en": "Each answers alone."}}
    notice = compiled(document)
    name = association["controller"][0]["name"]
    for page in (render_html(notice, "en"), render_markdown(notice, "en")):
        told = page.replace("&#39;", "'").replace("\\", "")
        assert all(one in told for one in (name, "Hill Street Gardeners", "Each answers alone."))
        assert "https://hill.example/contact" in told
    assert [one.party.name for one in controllers(notice, "en")] == [name, "Hill Street Gardeners"]
    assert arrangements(notice, "en") == ("Each answers alone.",)
    assert b"Hill Street Gardeners" in report_json(notice, "en")
    assert notice.controller_name == f"{name}, Hill Street Gardeners"
    assert activities(notice, "en")[0].controllers == controllers(notice, "en")


def test_an_arrangement_that_is_not_stated_is_missed_on_the_page(
    association: dict[str, Any],
) -> None:
    said = "Arrangement between the controllers: not stated by the controller"
    assert said in render_html(compiled(several(association)), "en")


def test_controllers_of_their_own_people_or_sites_arrange_nothing(
    association: dict[str, Any],
) -> None:
    document = several(association, people={"en": "Children"}, hosts=["millbrook.example"])
    page = render_html(compiled(document), "en")
    assert "Arrangement between" not in page
    assert "Children" in page


def test_arrangements_differ_by_people_and_site(association: dict[str, Any]) -> None:
    document = several(association)
    document["arrangement"] = [
        {"origin": "published", "text": {"en": "A."}, "people": {"en": "Members"}},
        {"origin": "published", "text": {"en": "B."}, "hosts": ["millbrook.example"]},
    ]
    page = render_html(compiled(document), "en")
    assert "(Members): A." in page
    assert "(millbrook.example): B." in page
    document["arrangement"][1]["hosts"] = ["elsewhere.example"]
    assert set(refused(document)) == {"/arrangement/1/hosts/0"}


def test_one_controller_has_no_arrangement(association: dict[str, Any]) -> None:
    association["arrangement"] = {"origin": "published", "text": WORDS}
    assert set(refused(association)) == {"/arrangement"}


@pytest.mark.parametrize("way", ["email", "form", "pec", "address"])
def test_one_way_to_reach_a_controller_is_enough(association: dict[str, Any], way: str) -> None:
    about = association["controller"]
    for one in ("email", "form", "pec", "address"):
        about.pop(one, None)
    assert set(refused(association)) == {"/controller/email"}
    values = {
        "email": ["a@b.example", "c@b.example"],
        "form": "https://millbrook.example/form",
        "pec": "millbrook@pec.example",
        "address": "1 Mill Lane",
    }
    about[way] = values[way]
    notice = compiled(association)
    first = "a@b.example" if way == "email" else values[way]
    assert notice.contact == first
    assert str(first) in render_html(notice, "en")
    assert notice.mailbox == (first if way in ("email", "pec") else None)
    del association["requests"]["how"]
    how = compiled(association).completed["requests"]["how"]["text"]["en"]
    assert str(first) in how


def test_the_software_writes_where_the_document_says(association: dict[str, Any]) -> None:
    del association["controller"]["email"]
    association["controller"]["dpo"] |= {"email": ["dpo@millbrook.example", "b@millbrook.example"]}
    assert compiled(association).mailbox == "dpo@millbrook.example"
    association["requests"]["email"] = "rights@millbrook.example"
    notice = compiled(association)
    assert notice.mailbox == "rights@millbrook.example"
    page = render_html(notice, "en")
    assert "dpo@millbrook.example" in page
    assert "b@millbrook.example" in page


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ({"origin": "law"}, True),
        ({"origin": "published", "exempt": "public_body"}, True),
        ({"origin": "published", "exempt": "occasional"}, True),
        ({"origin": "published", "to_confirm": True}, True),
        ({"origin": "published", "name": "R"}, True),
        ({"origin": "published"}, False),
    ],
)
def test_a_representative_or_the_ground_for_none(
    association: dict[str, Any], said: dict[str, Any], fine: bool
) -> None:
    association["controller"] |= {"country": "GB", "representative": {**said, "text": WORDS}}
    if fine:
        compiled(association)
    else:
        assert set(refused(association)) == {"/controller/representative"}


def test_each_of_several_controllers_is_checked(association: dict[str, Any]) -> None:
    document = several(association, country="CN")
    assert set(refused(document)) == {"/controller/1/representative"}
    for name in ("name", "dpo"):
        document = several({**association, "controller": association["controller"][0]})
        document["controller"][1] = {k: v for k, v in OTHER.items() if k != name}
        assert set(refused(document)) == {f"/controller/1/{name}"}
    document["controller"][1] = {**OTHER, "country": "UK", "colour": "red"}
    assert set(refused(document)) == {"/controller/1/country", "/controller/1/colour"}


def test_registers_and_authorities_are_shown(association: dict[str, Any]) -> None:
    association["controller"] |= {
        "registration": "IT01234567890",
        "legal_representative": "Ada Rossi, chair",
        "website": "http://millbrook.example",
    }
    association["complaint"]["authority"] = [
        {"name": "First Authority", "email": "one@authority.example", "country": "IE"},
        {"name": "Second Authority", "address": "5 Road", "url": "https://authority.example"},
    ]
    page = render_html(compiled(association), "en")
    for said in (
        "IT01234567890",
        "Ada Rossi, chair",
        'href="http://millbrook.example"',
        "First Authority",
        "mailto:one@authority.example",
        "Second Authority",
        "5 Road",
    ):
        assert said in page
    association["complaint"]["authority"][0]["country"] = "EL"
    assert "write GR" in refused(association)["/complaint/authority/0/country"]


def test_a_recipient_is_known_by_one_side(association: dict[str, Any]) -> None:
    document = with_recipient(association)
    notice = compiled(document)
    assert notice.purposes["water_rota"].recipients == ("council",)
    one = document["recipients"][-1]
    del one["purposes"]
    assert set(refused(document)) == {"/recipients/2/purposes"}
    document["purposes"][2]["recipients"] = ["council"]
    assert compiled(document).recipients["council"].purposes == ("water_rota",)
    for purpose in document["purposes"]:
        purpose.pop("recipients")
    one["purposes"] = ["water_rota"]
    again = compiled(document)
    assert again.purposes["water_rota"].recipients == ("council",)
    assert again.purposes["membership"].recipients == ("county_council", "host")


@pytest.mark.parametrize("role", ["joint_controller", "public"])
def test_other_roles(association: dict[str, Any], role: str) -> None:
    notice = compiled(with_recipient(association, role=role))
    assert notice.recipients["council"].role == role
    assert {"joint_controller": "joint controller", "public": "the public"}[role] in render_html(
        notice, "en"
    )


@pytest.mark.parametrize("code", ["EU", "EEA"])
def test_somewhere_in_the_union_or_the_area_is_no_transfer(
    association: dict[str, Any], code: str
) -> None:
    country = {"codes": [code], "origin": "published"}
    notice = compiled(with_recipient(association, country=country))
    named = access.recipient_named(notice, notice.recipients["council"], "en")
    assert named["transfer"] == "none"
    assert {"EU": "European Union", "EEA": "the European Economic Area"}[code] == named["place"]


def test_a_recipient_is_reached_and_read(association: dict[str, Any]) -> None:
    page = render_html(
        compiled(
            with_recipient(
                association,
                url="https://stripe.com/privacy",
                contact={"email": ["one@stripe.example", "two@stripe.example"], "name": "Desk"},
            )
        ),
        "en",
    )
    for said in ("https://stripe.com/privacy", "one@stripe.example", "two@stripe.example", "Desk"):
        assert said in page


def test_transfers_differ_by_country(association: dict[str, Any]) -> None:
    country = {"codes": ["US", "GB"], "origin": "published"}
    by_country: list[dict[str, Any]] = [
        {
            "countries": ["US"],
            "tool": "standard_clauses",
            "origin": "published",
            "decision": {"en": "Decision 2021/914"},
            "url": "https://eur-lex.europa.eu/",
        },
        {"countries": ["GB"], "tool": "adequacy", "origin": "law"},
    ]
    document = with_recipient(association, country=country, transfer=by_country)
    notice = compiled(document)
    words = access.recipient_named(notice, notice.recipients["council"], "en")["transfer_words"]
    assert "United States: " in words
    assert "Decision 2021/914" in words
    assert "United Kingdom: " in words
    (activity,) = [one for one in activities(notice, "en") if one.purpose == "water_rota"]
    assert activity.recipients[0].transfer is not None
    assert "United Kingdom" in str(activity.recipients[0].transfer.tool)
    by_country[1]["countries"] = ["CN"]
    found = [one for one in _details(document) if "GB" in one or "CN" in one]
    assert len(found) == 2
    del by_country[1]["countries"]
    compiled(document)


def _details(document: dict[str, Any]) -> list[str]:
    with pytest.raises(NoticeRefused) as caught:
        compiled(document)
    return [one.detail for one in caught.value.findings]


def test_a_recipient_gets_other_data_for_each_purpose(association: dict[str, Any]) -> None:
    named = [
        {"id": "membership", "items": ["member.full_name"]},
        {"id": "newsletter", "categories": ["interests"]},
        "water_rota",
    ]
    document = with_recipient(association, purposes=named, answers=ASKED)
    for purpose in document["purposes"]:
        purpose.pop("recipients")
    notice = compiled(document)
    council = notice.recipients["council"]
    assert council.purposes == ("membership", "newsletter", "water_rota")
    assert council.items_for("membership") == frozenset({FieldRef("member", "full_name")})
    assert council.items_for("newsletter") == frozenset({FieldRef("interests", "topics")})
    assert council.items_for("water_rota") is None
    held = systems.held(council, notice)
    assert set(held) == {"member", "interests", "plot"}
    assert set(held["member"]) == {"full_name"}
    items = {
        activity.purpose: received.items
        for activity in activities(notice, "en")
        for received in activity.recipients
        if received.id == "council"
    }
    assert items["membership"] == ("Full name",)
    assert items["water_rota"] is None
    named[0] = {"id": "membership", "items": ["interests.topics"]}
    assert set(refused(document)) == {"/recipients/2/purposes/0/items/0"}


ASKED = {"rights": ["copy"], "within": {"days": 5}}


def test_a_purpose_stands_once(association: dict[str, Any]) -> None:
    twice = ["water_rota", {"id": "water_rota"}]
    found = refused(with_recipient(association, purposes=twice))
    assert set(found) == {"/recipients/2/purposes/1"}


def test_hundreds_of_recipients(association: dict[str, Any]) -> None:
    for number in range(600):
        association["recipients"].append(recipient(id=f"r{number}"))
    notice = compiled(association)
    assert len(notice.purposes["water_rota"].recipients) == 600
    page = render_html(notice, "en")
    assert page.count(">Council<") == 600  # each once, in its own section
    assert 'href="#recipients"' in page


def test_a_source_has_a_name_and_an_address(association: dict[str, Any]) -> None:
    association["sources"][0] |= {"name": "Companies register", "url": "https://register.example"}
    page = render_html(compiled(association), "en")
    assert "Companies register" in page
    assert 'href="https://register.example"' in page


def test_every_part_of_a_party_may_be_left_out(association: dict[str, Any]) -> None:
    everything = {
        "registration": "1",
        "legal_representative": "A",
        "form": "https://a.example/",
        "pec": "a@pec.example",
        "phone": ["+353 1", "+353 2"],
        "website": "https://a.example/",
        "hosts": ["millbrook.example"],
        "people": {"en": "People"},
        "contact": {"origin": "published", "text": WORDS},
        "notes": [],
    }
    for left in everything:
        document = edit({**association}, {})
        document["controller"] = {
            **association["controller"],
            **{name: value for name, value in everything.items() if name != left},
        }
        notice = compiled(document)
        render_html(notice, "en")
        report_json(notice, "en")


def everything(association: dict[str, Any]) -> dict[str, Any]:
    """A document in which each member of a party, a recipient, a source and a transfer stands."""
    contact = {
        "email": ["a@one.example", "b@one.example"],
        "form": "https://one.example/form",
        "pec": "one@pec.example",
        "address": ["1 Road", "2 Road"],
        "phone": ["+353 1", "+353 2"],
    }
    said = {"origin": "published", "text": WORDS}
    party = {**said, **contact, "name": "P", "country": "IE", "website": "https://p.example"}
    first = {
        **association["controller"],
        **contact,
        "id": "first",
        "country": "GB",
        "registration": "1",
        "legal_representative": "Ada Rossi",
        "website": "https://one.example",
        "hosts": ["millbrook.example"],
        "people": {"en": "Members"},
        "contact": {**said, "url": "https://one.example/contact"},
        "representative": {**party, "exempt": "occasional"},
        "dpo": party,
        "notes": [{**said, "id": "note"}],
    }
    association["controller"] = [first, {**OTHER, "to_confirm": True}]
    association["arrangement"] = [
        {**said, "id": "first", "url": "https://one.example/arrangement", "to_confirm": True},
        {**said, "people": {"en": "Members"}, "hosts": ["millbrook.example"]},
    ]
    association["complaint"]["authority"] = [
        {**contact, "name": "A", "country": "IE", "url": "https://a.example"}
    ]
    association["requests"]["email"] = "rights@one.example"
    association["sources"][0] |= {"name": "Register", "url": "https://register.example"}
    association["recipients"].append(
        recipient(
            role="joint_controller",
            url="https://council.example",
            contact={**contact, "name": "Desk"},
            country={"codes": ["EEA", "US"], "origin": "published", "text": WORDS},
            purposes=[
                {"id": "water_rota", "categories": ["plot"], "items": ["plot.number"]},
                "newsletter",
            ],
            items=["member.mail"],
            answers=ASKED,
            transfer=[
                {
                    **said,
                    "countries": ["US"],
                    "tool": "standard_clauses",
                    "decision": WORDS,
                    "url": "https://eur-lex.europa.eu/",
                    "to_confirm": True,
                }
            ],
            notes=[{**said, "id": "note"}],
        )
    )
    for purpose in association["purposes"]:
        purpose["recipients"] = []
    return association


def test_whatever_is_left_out_is_refused_or_shown(association: dict[str, Any]) -> None:
    document, shown = everything(association), 0
    whole = compiled(copy.deepcopy(document))
    leaner_ones = leaner(document)
    assert len(leaner_ones) > 150
    for name, lean in leaner_ones.items():
        try:
            notice = compiled(lean)
        except NoticeRefused:
            continue
        shown += 1
        for page in (render_html(notice, "en"), render_markdown(notice, "en")):
            assert notice.controller_name.split("'")[0] in page.replace("\\", ""), name
        report_json(notice, "en")
        report_csv(notice, "en")
        in_force(notice, "en", JSON)
        for one in notice.recipients.values():
            access.recipient_named(notice, one, "en")
            systems.held(one, notice)
        assert isinstance(notice.mailbox, str | None)
        changes_told(whole, notice, "en")
        changes_told(notice, whole, "en")
    assert shown > 100
