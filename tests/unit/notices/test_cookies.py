"""Cookies as sites have them: classes of their own, one name twice, storage without an end."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.notices.changes import changes
from chalicelib.notices.compiler import NoticeRefused, marks
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.widening import widenings
from tests.unit.notices.grown import compiled, cookie, document, words


@pytest.fixture
def grown() -> dict[str, Any]:
    return document()


def _findings(changed: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(NoticeRefused) as refused:
        compiled(changed)
    return {one.pointer: one.detail for one in refused.value.findings}


def test_a_class_may_be_the_organisations_own(grown: dict[str, Any]) -> None:
    grown["cookies"]["classes"] += [
        {
            "id": name,
            "origin": "published",
            "title": words(name.title()),
            "description": words("Plays what others host."),
            "exempt": False,
            "purpose": "visits",
        }
        for name in ("social", "video", "ab_tests")
    ]
    grown["cookies"]["cookies"].append(cookie("player", "video", "visits"))
    notice = compiled(grown)
    assert notice.cookie_classes["video"].purpose == "visits"
    classes = [one["id"] for one in cookie_catalogue(notice)["classes"]]
    assert classes[-3:] == ["social", "video", "ab_tests"]
    assert "Ab_Tests" in render_html(notice, "en")


def _twice(grown: dict[str, Any]) -> dict[str, Any]:
    other = {**cookie("count", "measurement", "visits"), "lifetime": {"days": 2}}
    grown["cookies"]["cookies"].append(other)
    return grown


def test_two_cookies_of_one_name_are_told_apart(grown: dict[str, Any]) -> None:
    before = compiled(copy.deepcopy(grown))
    after = compiled({**_twice(grown), "version": "2027-01-01"})
    assert [one for one in after.cookies if one.startswith("count")] == ["count", "count#2"]
    assert {one.name for one in after.cookies.values()} >= {"count"}
    told = [one for one in cookie_catalogue(after)["cookies"] if one["name"] == "count"]
    assert [(one["id"], one["name"]) for one in told] == [("count", "count"), ("count#2", "count")]
    found = list(changes(before, after))
    assert [(one.kind, dict(one.about)) for one in found] == [
        ("cookie_added", {"cookie": "count#2"})
    ]
    assert widenings(before, after, found)["visits"][-1].cookies == {"count#2"}
    back = list(changes(after, before))
    assert [one.kind for one in back] == ["cookie_removed"]


def test_a_page_shows_both_cookies_of_one_name(grown: dict[str, Any]) -> None:
    notice = compiled(_twice(grown))
    page = render_markdown(notice, "en")
    assert page.count("**count**") == 2
    assert "count#2" not in page
    assert "2 days" in page


def test_a_cookie_said_twice_is_refused(grown: dict[str, Any]) -> None:
    cookies = grown["cookies"]["cookies"]
    cookies.append(copy.deepcopy(cookies[-1]))
    place = f"/cookies/cookies/{len(cookies) - 1}/name"
    assert _findings(grown) == {
        place: "stands already in this list; give each its own, or remove one."
    }


def test_each_of_two_proposals_of_one_name_is_confirmed_by_itself(grown: dict[str, Any]) -> None:
    _twice(grown)
    for one in grown["cookies"]["cookies"][-2:]:
        one["origin"] = "controller_choice"
    open_ones = [
        one for one in marks.confirmations(grown) if one.startswith("cookies/cookies/count=")
    ]
    assert len(set(open_ones)) == 2
    still = marks.unconfirmed(grown, open_ones[:1])
    assert still.count("cookies/cookies/count") == 1


def test_storage_may_have_no_end(grown: dict[str, Any]) -> None:
    one = grown["cookies"]["cookies"][-1]
    before = compiled(copy.deepcopy(grown))
    one.update(means="local_storage", lifetime={"until_deleted": True})
    after = compiled({**grown, "version": "2027-01-01"})
    assert "until you delete it" in render_markdown(after, "en")
    kinds = {change.kind for change in changes(before, after)}
    assert "cookie_longer" in kinds
    assert "cookie_shorter" in {change.kind for change in changes(after, before)}


@pytest.mark.parametrize("means", [None, "cookie", "pixel"])
def test_a_cookie_always_has_an_end(grown: dict[str, Any], means: str | None) -> None:
    one = grown["cookies"]["cookies"][-1]
    one["lifetime"] = {"until_deleted": True}
    if means is not None:
        one["means"] = means
    assert [*_findings(grown)] == [
        f"/cookies/cookies/{len(grown['cookies']['cookies']) - 1}/lifetime"
    ]
