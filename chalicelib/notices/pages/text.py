"""The pages with the text of a version, and with what a version changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from chalicelib.notices.rendering import render_changes_html, render_html
from chalicelib.pages import formats
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import language_for, tag_of
from chalicelib.pages.words import words

if TYPE_CHECKING:
    from chalicelib.notices.model import Announced, Notice
    from chalicelib.pages.page import Way
    from chalicelib.web.pages.visit import Visit

_KEPT: Final = 32
"""Pages kept in memory: two versions around a change in every language, and some more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A version that somebody reads: everything that its page depends on.

    `current` is the notice in force, whose controller the footer names. `path` is the page's,
    `asked` tells whether its address held a language, and `audience` is the one whose parts come
    first, None for no such one. `announced` is the change that the page announces at its top, and
    `status` what the version is by now, empty on the page of the notice in force.
    """

    notice: Notice
    current: Notice
    language: str
    path: str
    asked: bool
    audience: str | None = None
    announced: Announced | None = None
    status: str = ""

    @classmethod
    def of(
        cls, visit: Visit, notice: Notice, announced: Announced | None = None, status: str = ""
    ) -> Reading:
        """Returns what a visit reads, in its language or else in the version's first."""
        language = language_for(visit.language, notice.locales)
        wanted = visit.call.query.get("audience")
        known = {one["id"] for one in notice.completed.get("audiences", ())}
        audience = wanted if wanted in known else None
        frame = visit.frame
        return cls(
            notice, visit.notice, language, frame.path, frame.asked, audience, announced, status
        )

    @property
    def locale(self) -> str:
        """The version's own tag of the language, such as `de-AT`."""
        return tag_of(self.language, self.notice.locales)

    @property
    def frame(self) -> Frame:
        """The frame of the page."""
        return Frame(self.current, self.language, self.path, asked=self.asked)


@lru_cache(maxsize=_KEPT)
def notice_page(reading: Reading) -> str:
    """Returns the page of a version; unless it is in force, with the way to the one that is."""
    return render_html(
        reading.notice,
        reading.locale,
        reading.announced,
        reading.audience,
        reading.frame,
        _lead(reading),
    )


def draft_page(visit: Visit, notice: Notice, lead: str, back: Way) -> str:
    """Returns the page of a draft as its readers would see it.

    `lead` says under the title that it is one, and `back` leads from there to the desk.
    """
    reading = Reading.of(visit, notice)
    return render_html(notice, reading.locale, frame=visit.frame, lead=lead, back=back)


def _lead(reading: Reading) -> str:
    """Returns what the version is by now, in words; empty where the page is not of a version."""
    if not reading.status:
        return ""
    text = words("versions", reading.language)[f"lead_{reading.status}"]
    return text.format(day=formats.day(reading.notice.effective_day, reading.language))


def changes_page(reading: Reading, before: Notice) -> str:
    """Returns the page of what the version changed since `before`."""
    frame = replace(reading.frame, query={"since": before.version})
    return render_changes_html(before, reading.notice, reading.locale, frame)
