"""Roles, data by purpose and outcomes that the published text does not state are marked."""

from __future__ import annotations

import copy

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, marks
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html, render_markdown
from tests.unit.core.samples import association_document
from tests.unit.rendering.reading import Html
from tests.unit.rendering.test_tables import entries, headed

MARK = "(controller’s choice, to confirm)"
OWN = {
    "recipients": ("role", "recipients"),
    "purposes": ("categories", "purposes"),
    "categories": ("outcomes", "categories"),
}
"""Section of the document, and the member whose origin is told apart."""
EXCEPTIONS = {
    "recipients/other_users/role",
    "purposes/partner_lists/categories",
}
"""What the published text does state, though it leaves the others open."""


@pytest.mark.parametrize("section", OWN)
def test_all_that_the_published_text_leaves_open_is_to_be_confirmed(
    shipped: Notice, section: str
) -> None:
    member = OWN[section][0]
    told = {
        f"{section}/{value['id']}/{member}"
        for value in shipped.document[section]
        if value["origin"] == "published"
    }
    assert len(told) > 5
    assert told - EXCEPTIONS <= set(shipped.unconfirmed)
    assert not EXCEPTIONS & set(shipped.unconfirmed)


def test_a_role_carries_its_mark(shipped: Notice) -> None:
    found = entries(render_html(shipped, "en"), "recipients")
    assert f"processor {MARK}" in headed(found, "Providers: card processing").casefold()
    assert MARK not in headed(found, "Other users of the platform").partition("Not stated")[0]


def test_data_of_a_purpose_carries_its_mark(shipped: Notice) -> None:
    found = entries(render_html(shipped, "en"), "purposes")
    last = shipped.purposes["surveys"].categories[-1]
    assert f"{shipped.categories[last].title['en']} {MARK}" in headed(found, "Questionnaires and ")


def test_an_outcome_carries_its_mark_and_a_published_one_none(shipped: Notice) -> None:
    found = entries(render_html(shipped, "en"), "rights")
    assert MARK in headed(found, "Correction")
    stays = [line for line in headed(found, "Deactivation").split(MARK) if "may still be" in line]
    assert stays
    assert "Through what you took part in, it may still be visible to other users. (" not in (
        headed(found, "Deactivation")
    )


@pytest.mark.parametrize("section", OWN)
def test_confirmed_they_lose_only_the_words_to_confirm(shipped: Notice, section: str) -> None:
    member = OWN[section][0]
    entries = (one.partition("=") for one in marks.confirmations(shipped.document))
    theirs = {
        f"{name}={digest}"
        for name, _, digest in entries
        if name.startswith(f"{section}/") and name.endswith(f"/{member}")
    }
    confirmed = compile_notice(shipped.document, STORED, theirs)
    before, after = (
        Html(render_html(notice, "en")).text.count(MARK) for notice in (shipped, confirmed)
    )
    assert after < before


def test_left_out_it_comes_from_where_the_whole_does(shipped: Notice) -> None:
    document = copy.deepcopy(shipped.document)
    for section, (member, _) in OWN.items():
        for value in document[section]:
            value.pop(f"{member}_origin", None)
    bare = compile_notice(document, STORED)
    assert not [one for one in bare.unconfirmed if one.endswith(("/role", "/outcomes"))]
    found = entries(render_html(bare, "en"), "recipients")
    assert "processor (" not in headed(found, "Providers: card processing").casefold()


def test_a_proposal_about_an_item_or_an_outcome_carries_its_mark() -> None:
    document = association_document()
    before = render_markdown(compile_notice(document, STORED), "en")
    document["categories"][0]["items"][1]["origin"] = "controller_choice"
    document["categories"][0]["outcomes"]["rectify"]["to_confirm"] = True
    notice = compile_notice(document, STORED)
    category = document["categories"][0]["id"]
    assert set(notice.unconfirmed) == {
        f"categories/{category}/items/{document['categories'][0]['items'][1]['id']}",
        f"categories/{category}/outcomes/rectify",
    }
    changed = [
        line
        for line in render_markdown(notice, "en").splitlines()
        if line not in before.splitlines()
    ]
    title = document["categories"][0]["items"][1]["title"]["en"]
    assert [line for line in changed if title in line]
    assert [line for line in changed if "corrected" in line]
