"""The looks of an organisation: its colour and its logo, from its own document."""

from __future__ import annotations

import base64
import copy
import re
from pathlib import Path
from typing import Any

import pytest

import chalicelib.pages
from chalicelib.catalogue import STORED
from chalicelib.notices.changes import changes
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.rendering import render_html
from chalicelib.pages.look import (
    DARK,
    ENOUGH,
    LIGHT,
    MAX_LOGO,
    contrast,
    least_contrast,
    lightened,
    look,
)
from tests.unit.rendering.conftest import association
from tests.unit.rendering.reading import Html

CSS = (Path(chalicelib.pages.__file__).parent / "style.css").read_text("utf-8")
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(24)).decode()
WEBP = base64.b64encode(b"RIFF" + bytes(24)).decode()
GREEN = "#0a5960"


def with_looks(**looks: Any) -> dict[str, Any]:
    document = copy.deepcopy(dict(association().document))
    document["site"].update(looks)
    return document


def findings(**looks: Any) -> dict[str, str]:
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(with_looks(**looks), STORED)
    found: dict[str, str] = {}
    for one in refused.value.findings:
        found[one.pointer] = f"{found.get(one.pointer, '')} {one.detail}"
    return found


def test_papers_are_those_of_the_stylesheet() -> None:
    light, dark = re.findall(r":root \{([^}]*)\}", CSS)[:2]
    for rules, papers in ((light, LIGHT), (dark, DARK)):
        found = dict(re.findall(r"--(paper|card): #([0-9a-f]+);", rules))
        full = tuple(
            "#" + (one * 2 if len(one) == 3 else one) for one in (found["paper"], found["card"])
        )
        assert full == papers


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("colour", ["#000000", GREEN, "#7a0019", "#0000ff", "#767676"])
def test_a_dark_page_gets_the_same_colour_as_light_as_it_needs(colour: str) -> None:
    made = lightened(colour)
    assert least_contrast(made, DARK) >= ENOUGH
    assert lightened(made) == made


@pytest.mark.parametrize(
    ("looks", "place", "said"),
    [
        ({"accent": "#ffd700"}, "/site/accent", r"1\.2\d:1 on light pages.*4\.5:1"),
        ({"accent": "#777777"}, "/site/accent", r"4\.\d\d:1 on light pages"),
        (
            {"accent": GREEN, "accent_dark": "#0a5960"},
            "/site/accent_dark",
            r"\d\.\d\d:1 on dark pages.*#[0-9a-f]{6} has enough",
        ),
        ({"accent_dark": "#84d2d4"}, "/site/accent", "missing"),
        ({"accent": "green"}, "/site/accent", "six hexadecimal digits"),
        ({"accent": "#0A5960"}, "/site/accent", "lower case"),
        ({"accent": 7}, "/site/accent", "must be a text"),
        ({"logo": f"data:image/png;base64,{WEBP}"}, "/site/logo", "does not hold the image"),
        ({"logo": "https://logo.example/x.png"}, "/site/logo", "data:"),
        ({"logo": "data:image/svg+xml;base64,PHN2Zz4="}, "/site/logo", "PNG or WebP"),
        ({"logo": "data:image/png;base64,a"}, "/site/logo", "does not hold the image"),
        ({"logo": f"data:image/png;base64,{'A' * MAX_LOGO}"}, "/site/logo", str(MAX_LOGO)),
        ({"logo": 'data:image/png;base64,"><b>'}, "/site/logo", "PNG or WebP"),
    ],
)
def test_bad_looks_are_refused_with_the_reason(
    looks: dict[str, Any], place: str, said: str
) -> None:
    found = findings(**looks)
    assert found.keys() == {place}
    assert re.search(said, found[place])


def test_the_ratio_told_is_never_the_one_that_is_asked_for() -> None:
    """A contrast just below the limit is told as less than it."""
    greys = (f"#{one:02x}{one:02x}{one:02x}" for one in range(256))
    nearest = max(
        (one for one in greys if least_contrast(one, LIGHT) < ENOUGH),
        key=lambda one: least_contrast(one, LIGHT),
    )
    (told,) = re.findall(r"of (\d+\.\d\d):1", findings(accent=nearest)["/site/accent"])
    assert float(told) < ENOUGH


def test_the_page_has_the_colour_and_the_logo() -> None:
    logo = f"data:image/webp;base64,{WEBP}"
    notice = compile_notice(with_looks(accent=GREEN, logo=logo), STORED)
    source = render_html(notice, "en")
    html = Html(source)
    assert html.problems == []
    (image,) = html.all("img")
    assert image.attributes == {"src": logo, "alt": ""}
    assert f"--accent: {GREEN};" in source
    assert f"--accent: {lightened(GREEN)};" in source
    own = compile_notice(with_looks(accent=GREEN, accent_dark="#84d2d4"), STORED)
    assert "--accent: #84d2d4;" in render_html(own, "en")


def test_without_any_the_page_has_the_software_s_own() -> None:
    assert look(association().completed["site"]) is None
    source = render_html(association(), "en")
    assert "<img" not in source
    assert source.count("--accent: ") == CSS.count("--accent: ")
    logo = compile_notice(with_looks(logo=f"data:image/png;base64,{PNG}"), STORED)
    assert render_html(logo, "en").count("--accent: ") == CSS.count("--accent: ")


def test_other_looks_are_told_once_and_affect_nobody() -> None:
    after = compile_notice(
        with_looks(accent=GREEN, accent_dark="#84d2d4", logo=f"data:image/png;base64,{PNG}"),
        STORED,
    )
    for one, other in ((association(), after), (after, association())):
        assert [(change.effect, change.kind) for change in changes(one, other)] == [
            ("editorial", "look_changed")
        ]
