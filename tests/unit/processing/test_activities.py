"""The activities say what the notice says of each purpose, and nothing else (GDPR art. 30(1))."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import Activity, activities, controllers, security
from tests.unit.core.samples import association, association_document, shipped

CASES = [(shipped, "it"), (shipped, "en"), (association, "en")]


def found(notice: Notice, purpose: str, locale: str = "en") -> Activity:
    (one,) = [one for one in activities(notice, locale) if one.purpose == purpose]
    return one


@pytest.mark.parametrize(("notice", "locale"), CASES)
def test_each_purpose_is_an_activity_in_the_order_of_the_notice(notice: Any, locale: str) -> None:
    made = activities(notice(), locale)
    assert [one.purpose for one in made] == list(notice().purposes)
    for one, purpose in zip(made, notice().purposes.values(), strict=True):
        assert (one.title, one.description) == (purpose.title[locale], purpose.description[locale])
        assert one.basis.kind == purpose.basis
        assert tuple(held.id for held in one.categories) == purpose.categories
        assert tuple(received.id for received in one.recipients) == purpose.recipients


@pytest.mark.parametrize(("notice", "locale"), CASES)
def test_every_category_has_a_time_limit(notice: Any, locale: str) -> None:
    for one in activities(notice(), locale):
        for held in one.categories:
            assert held.limits or held.kept
            rules = notice().categories[held.id].rules
            assert tuple(limit.rule for limit in held.limits) == rules
            assert held.items


def test_the_basis_comes_with_its_act_or_interest() -> None:
    rights = found(association(), "rights_and_proof").basis
    assert rights.act == "Regulation (EU) 2016/679, articles 7(1) and 12"
    assert rights.interest is None
    water = found(association(), "water_rota").basis
    assert water.text == "legitimate interest (GDPR Article 6(1)(f))"
    assert water.interest == "The interest of all members that the well does not run dry."
    assert found(association(), "newsletter").basis.act is None


def test_people_are_known_by_forms_records_and_cookies() -> None:
    account, visitors = "people with an account", "visitors to the site"
    assert found(association(), "membership").subjects == (account, visitors)
    assert found(association(), "newsletter").subjects == (account,)
    assert found(shipped(), "advertising_cookies", "it").subjects == (
        "persone con un account",
        "visitatori del sito",
    )


def test_of_other_people_the_record_says_nothing() -> None:
    document = association_document()
    document["categories"].append({**document["categories"][1], "id": "weather"})
    document["purposes"][2]["categories"] = ["weather"]
    assert found(load_published(document), "water_rota").subjects == ()


def test_a_transfer_names_the_countries_outside_the_area_and_the_tool() -> None:
    council, host = found(association(), "membership").recipients
    assert council.transfer is None
    assert (council.role, council.items) == ("controller", ("Full name", "Plot number"))
    assert (host.countries, host.place, host.items) == (
        ("IE", "CH"),
        "Ireland and Switzerland",
        None,
    )
    assert host.transfer is not None
    assert host.transfer.countries == ("CH",)
    assert host.transfer.tool == "adequacy decision (GDPR Article 45)"
    assert host.transfer.text == "Commission Decision 2000/518/EC on Switzerland."


def test_what_is_not_stated_is_not_made_up() -> None:
    by_id = {one.id: one for one in found(shipped(), "run_account", "it").recipients}
    archive = by_id["archive_host"]
    assert (archive.countries, archive.place) == ((), "Non indicato dal titolare.")
    assert archive.transfer is not None
    assert (archive.transfer.countries, archive.transfer.tool) == ((), None)
    document = association_document()
    document["recipients"][1]["country"] = {"origin": "published", "to_confirm": True}
    document["recipients"][1]["transfer"] = {"origin": "published", "to_confirm": True}
    host = found(load_published(document), "newsletter").recipients[0]
    assert host.place == "not stated by the controller"
    assert host.transfer is not None
    assert (host.transfer.tool, host.transfer.text) == (None, None)


def test_what_is_to_be_confirmed_is_told_where_it_stands() -> None:
    document = association_document()
    document["purposes"][1]["basis"]["origin"] = "controller_choice"
    document["recipients"][1]["transfer"]["to_confirm"] = True
    document["retention"][4]["origin"] = "controller_choice"
    document["categories"][0]["items"][1]["to_confirm"] = True
    document["categories"][0]["outcomes"]["port"]["origin"] = "controller_choice"
    document["categories"][2]["retention"]["to_confirm"] = True
    notice = load_published(document)
    assert found(notice, "newsletter").unconfirmed == (
        "categories/member/items/full_name",
        "purposes/newsletter/basis",
        "recipients/host/transfer",
        "retention/profile_end",
    )
    assert found(notice, "water_rota").unconfirmed == ()


def test_the_controller_comes_with_whom_it_has_appointed() -> None:
    (about,) = controllers(association(), "en")
    assert about.party.name == "Millbrook Allotment Gardeners' Association"
    assert (about.party.country, about.party.email) == ("Ireland", "secretary@millbrook.example")
    assert about.representative is None
    assert about.dpo is not None
    assert about.dpo.text == "We are too small to need a data protection officer and have none."
    document = association_document()
    document["controller"]["country"] = "CH"
    document["controller"]["representative"] = {
        "origin": "published",
        "text": {"en": "Our representative in the Union."},
        "name": "Ada Ní Bhriain",
        "country": "IE",
        "phone": "+353 1 555 0100",
    }
    named = controllers(load_published(document), "en")[0].representative
    assert named is not None
    assert (named.name, named.country, named.phone) == (
        "Ada Ní Bhriain",
        "Ireland",
        "+353 1 555 0100",
    )


@pytest.mark.parametrize(("notice", "locale"), CASES)
def test_every_activity_has_controller_and_security_measures(notice: Any, locale: str) -> None:
    said = tuple(value["text"][locale] for value in notice().document["security"])
    assert security(notice(), locale) == said
    for one in activities(notice(), locale):
        assert one.controllers == controllers(notice(), locale)
        assert one.security == said


def test_an_unknown_language_becomes_the_first() -> None:
    assert activities(shipped(), "fr") == activities(shipped(), "it")
    assert activities(shipped(), "en") != activities(shipped(), "it")
