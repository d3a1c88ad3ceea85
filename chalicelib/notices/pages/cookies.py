"""The page of the cookies: classes with their cookies, and where to change one's mind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.notices import anchors
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages.languages import tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.notices.rendering.blocks import Line
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Class:
    """A class of cookies in one language.

    `exempt` tells that no consent is needed. `purpose` is the title of its purpose and the address
    of it on the page of the notice. A row of `rows` is a cookie: its name, what it is for, how long
    it lasts, and by whom it is set; each a list of lines.
    """

    id: str
    title: Line
    description: Line
    exempt: bool
    purpose: tuple[Line, str]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


def cookies_page(visit: Visit) -> str:
    """Returns the page of the cookies of the notice in force."""
    notice = visit.notice
    wording = Wording(notice, tag_of(visit.language, notice.locales))
    said = words("cookies", visit.language)
    held = notice.completed["cookies"]
    signal = held.get("banner", {}).get("signal")
    return render(
        "notices/templates/cookies.html.j2",
        visit.frame,
        said["title"],
        words=said,
        classes=[_class(visit, wording, one) for one in held["classes"]],
        head=[wording.label(name) for name in ("cookie", "purpose", "lifetime", "set_by")],
        refusing=[wording.said(one["text"]) for one in held.get("refusing", ())],
        signal=None if signal is None else wording.said(signal),
        asks=any(not one["exempt"] for one in held["classes"]),
    )


def _class(visit: Visit, wording: Wording, value: Mapping[str, Any]) -> Class:
    notice = visit.notice
    purpose = notice.purposes[value["purpose"]]
    return Class(
        id=value["id"],
        title=wording.said(value["title"]),
        description=wording.said(value["description"]),
        exempt=value["exempt"],
        purpose=(
            wording.said(purpose.title),
            visit.frame.to(f"/notice#{anchors.purpose(purpose.id)}"),
        ),
        rows=tuple(
            _cookie(notice, wording, one)
            for one in notice.completed["cookies"]["cookies"]
            if one["class"] == value["id"]
        ),
    )


def _cookie(
    notice: Notice, wording: Wording, value: Mapping[str, Any]
) -> tuple[tuple[Line, ...], ...]:
    from chalicelib.notices.rendering.blocks import Line

    use = [wording.said(value["title"])]
    if "description" in value:
        use.append(wording.said(value["description"]))
    if "means" in value:
        use.append(Line(wording.label(f"means_{value['means']}")))
    by = [Line(wording.label(f"party_{value['party']}"))]
    if "provider" in value:
        by.append(wording.said(notice.recipients[value["provider"]].name))
    name = (Line(value["name"], strong=True),)
    return name, tuple(use), (Line(wording.period(value["lifetime"])),), tuple(by)
