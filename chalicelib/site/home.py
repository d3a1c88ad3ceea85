"""The home page: the notice in figures, the rights in its words, doors to all other pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TypeAlias

from chalicelib.errors import NotFound
from chalicelib.pages import formats
from chalicelib.pages.languages import primary
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web import negotiation
from chalicelib.web.contract import HTML, JSON
from chalicelib.web.request import Headers

if TYPE_CHECKING:
    from chalicelib.notices.model import Announced, Notice
    from chalicelib.pages.frame import Frame

_NOTICE: Final = "/notice"

_UNUSED: Final = ("standing", "last_activity")
"""The kind of record and the event of the rule on accounts that nobody uses."""

Figure: TypeAlias = tuple[str, str, str, str]
"""The address of what a number was computed from, the number, its words, its unit or nothing."""

_COUNTED: Final = re.compile(r"(\d+)\s(\S+)")
"""A length of time of one unit, such as `24 months`."""


def refuse_programs(headers: Headers) -> None:
    """Raises NotFound for a client that does not prefer HTML: the root has nothing for programs."""
    if negotiation.media_type(headers.get("Accept"), (JSON, HTML)) != HTML:
        raise NotFound("There is nothing at this address.")


def home_page(frame: Frame, announced: Announced | None = None) -> str:
    """Returns the page. `announced` is the change that the website announces now."""
    notice, language = frame.notice, frame.language
    said = words("home", language)
    return render(
        "site/home.html.j2",
        frame,
        said["title"].format(site=notice.site_name),
        words=said,
        announcement=None if announced is None else _announcement(announced, frame, said),
        answer=formats.length(asdict(notice.deadline.within), language),
        figures=list(_figures(frame, said)),
        version=said["version"].format(
            version=notice.version, day=formats.day(notice.effective_day, language)
        ),
        rights=list(_rights(frame)),
        more=list(_more(frame, said)),
    )


def _announcement(
    announced: Announced, frame: Frame, said: Mapping[str, str]
) -> tuple[str, str, str]:
    """Returns what is announced, what it asks of the reader (or nothing), and where it is told."""
    day = announced.effective_at.astimezone(frame.notice.zone).date()
    asks = said["announced_asks"] if announced.effect == "material" else ""
    changes = frame.to(f"{_NOTICE}/{announced.version}/changes", since=announced.since)
    return said["announced"].format(day=formats.day(day, frame.language)), asks, changes


def _figures(frame: Frame, said: Mapping[str, str]) -> Iterator[Figure]:
    """Yields the figures that the notice has: a count of nothing, and no time, tell nobody much."""
    notice, asked = frame.notice, len(frame.notice.choices)
    counts = {
        "categories": ("categories", len(notice.categories)),
        "purposes": ("purposes_asked" if asked else "purposes", len(notice.purposes)),
        "recipients": ("recipients", len(notice.recipients)),
    }
    for section, (name, count) in counts.items():
        if count:
            text = said[f"{name}_one" if count == 1 else name].format(asked=asked)
            number = formats.number(count, frame.language)
            yield frame.to(f"{_NOTICE}#{section}"), number, text, ""
    yield from _unused(notice, frame, said)


def _unused(notice: Notice, frame: Frame, said: Mapping[str, str]) -> Iterator[Figure]:
    """Yields how long an account may lie unused, where people have accounts and it is stated."""
    rule = next(
        (one for one in notice.retention.values() if (one.kind, one.event) == _UNUSED), None
    )
    if rule is None or not rule.period or not notice.registers:
        return
    told = formats.length(asdict(rule.period), frame.language)
    counted = _COUNTED.fullmatch(told)
    number, unit = counted.groups() if counted else (told, "")
    yield frame.to(f"{_NOTICE}#retention"), number, said[f"unused_{rule.then}"], unit


def _rights(frame: Frame) -> Iterator[tuple[str, str, str, str]]:
    """Yields a door for each right, in the notice's words and with their language."""
    notice, language = frame.notice, frame.language
    for right in notice.rights.values():
        known = language if language in right.title else notice.locales[0]
        yield (
            frame.to("/requests/new", right=right.id),
            notice.text(right.title, language),
            notice.text(right.description, language),
            "" if primary(known) == language else known,
        )


def _more(frame: Frame, said: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yields the doors to what is no right: those to accounts where the notice registers people."""
    doors = {"cookies": "/cookies", "verify": "/receipts/verify"}
    if frame.notice.registers and not frame.signed_in:
        doors = {"account": "/register", "password": "/password", **doors}
    for name, path in doors.items():
        yield frame.to(path), said[name], said[f"{name}_text"]
