"""The pages of the notice as they are rendered: every language, every state, hostile documents."""

from __future__ import annotations

import html
from types import SimpleNamespace

import pytest

from chalicelib.notices import service
from chalicelib.pages import formats
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.storage.pages import Page
from tests.unit.core.samples import association
from tests.unit.notices import reader
from tests.unit.notices.reader import LISTED, PUBLIC, World, opened
from tests.unit.rendering.test_changes_rendered import mixed
from tests.unit.web.accessible import check_accessible

LOCALES = languages()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return reader.world(monkeypatch)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_versions_can_be_read_by_everybody(world: World, locale: str) -> None:
    page = opened("/notice/versions", locale)
    said = words("versions", locale)
    assert page.headers["Cache-Control"] == "public, max-age=60"
    tree = check_accessible(page.text, locale)
    told = html.unescape(page.text)
    for status in ("announced", "withdrawn", "in_force"):
        assert said[f"status_{status}"] in told
    links = [str(one["href"]) for one in tree.all("a")]
    for one in LISTED:
        assert f"{PUBLIC}/notice/{one.version}?lang={locale}" in links
    assert f"{PUBLIC}/notice/2026-11-01/changes?lang={locale}" in links
    assert said["first"] in told
    assert not any(link.startswith(f"{PUBLIC}/notice/2026-03-01/changes") for link in links)


def test_an_evening_in_greenwich_is_the_next_day_in_the_notices_zone(world: World) -> None:
    assert (
        '<time datetime="2026-11-02">2 novembre 2026</time>'
        in opened("/notice/versions", "it").text
    )


def test_a_long_list_of_versions_leads_on(world: World) -> None:
    world.listed = Page(LISTED, "2026-03-01")
    text = opened("/notice/versions").text
    assert f"{PUBLIC}/notice/versions?cursor=" in text
    assert f"{PUBLIC}/notice/2026-03-01/changes" in text
    assert opened("/notice/versions", cursor="!").status == 400
    world.listed = Page((), None)
    assert words("versions", "it")["none"] in opened("/notice/versions", "it").text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_cookies_are_told_with_their_class_time_and_setter(world: World, locale: str) -> None:
    page = opened("/cookies", locale)
    assert page.headers["Cache-Control"] == "public, max-age=60"
    check_accessible(page.text, locale)
    told = html.unescape(page.text)
    held = world.notice.completed["cookies"]
    for one in held["cookies"]:
        assert one["name"] in told
        assert world.notice.text(one["title"], locale) in told
    for one in held["classes"]:
        assert world.notice.text(one["title"], locale) in told
    said = words("cookies", locale)
    assert said["change"] in told
    assert said["exempt"] in told


def test_who_asks_for_nothing_offers_no_change_of_mind(world: World) -> None:
    world.notice = association()
    page = opened("/cookies")
    assert page.status == 200
    told = words("cookies", world.notice.locales[0])
    asked = any(not one["exempt"] for one in world.notice.completed["cookies"]["classes"])
    assert (told["change_account"] in page.text) == (asked and world.notice.registers)
    assert opened("/notice/versions").status == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_the_notice_is_public_proven_and_in_the_language_asked_for(
    world: World, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "announced", lambda: None)
    page = opened("/notice", locale)
    version = world.notice.version
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert page.headers["Riserbo-Notice-Version"] == version
    assert page.headers["Riserbo-Notice-Evidence"] == f"{version} {locale}"
    check_accessible(page.text, locale)
    assert "noindex" not in page.text
    for other in LOCALES:
        if other != locale:
            assert f'hreflang="{other}"' in page.text
    old = opened("/notice/{version}", locale, version=version)
    assert old.headers["Riserbo-Notice-Evidence"] == f"{version} {locale}"
    assert f"{PUBLIC}/notice/versions?lang={locale}" in old.text


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize(
    ("status", "kept"),
    [
        ("in_force", 60),
        ("scheduled", 60),
        ("announced", 60),
        ("superseded", 86400),
        ("withdrawn", 86400),
    ],
)
def test_a_version_says_what_it_is_by_now(
    world: World, monkeypatch: pytest.MonkeyPatch, status: str, kept: int, locale: str
) -> None:
    """What may still change is kept for a minute, so that no cache says for a day what was."""
    ahead = mixed().version if status == "announced" else "2099-01-01"
    told = "scheduled" if status == "announced" else status
    monkeypatch.setattr(service, "status_of", lambda notice: told)
    monkeypatch.setattr(service, "announced", lambda: SimpleNamespace(version=ahead))
    page = opened("/notice/{version}", locale, version=mixed().version)
    assert page.headers["Cache-Control"] == f"public, max-age={kept}"
    check_accessible(page.text, locale)
    said = words("versions", locale)
    day = formats.day(mixed().effective_day, locale)
    lead = said[f"lead_{status}"].format(day=day)
    text = html.unescape(page.text)
    assert f'<p class="lead">{lead} <a href="{PUBLIC}/notice?lang={locale}">' in text
    assert (lead in html.unescape(opened("/notice", locale).text)) is False


@pytest.mark.parametrize("locale", ["it", "en"])
def test_the_changes_are_told_by_effect(world: World, locale: str) -> None:
    page = opened("/notice/{version}/changes", locale, version=mixed().version)
    assert page.headers["Cache-Control"] == "public, max-age=86400"
    tree = check_accessible(page.text, locale)
    assert {"material", "informative", "editorial"} <= {one.get("id") for one in tree.all("h2")}
    assert len(tree.all("del")) == len(tree.all("ins")) >= 1
    links = [one["href"] for one in tree.all("a")]
    assert f"{PUBLIC}/account/choices?lang={locale}" in links


def test_a_version_without_the_readers_language_is_shown_in_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = association()
    monkeypatch.setattr(service, "version", lambda name: alone)
    page = opened("/notice/{version}", "de", version=alone.version)
    assert page.headers["Content-Language"] == alone.locales[0]
    assert f'<html lang="{alone.locales[0]}"' in page.text
    assert world.notice.controller_name in page.text
