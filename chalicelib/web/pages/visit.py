"""One visit to a page: what its handler gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Finding, Problem, TooManyRequests
from chalicelib.pages.formats import length
from chalicelib.pages.languages import language_for
from chalicelib.pages.words import pair, words
from chalicelib.web.call import Call
from chalicelib.web.pages.contract import AGAIN
from chalicelib.web.wiring import Member

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.pages.frame import Frame

SECRET = frozenset({"password", "current_password", "new_password", "code", AGAIN, "form", "once"})
"""Fields that a form which is shown again does not repeat."""

_BESIDE: Mapping[str, str] = {
    "wrong-password": "current_password",
    "second-factor-needed": "code",
    "second-factor-wrong": "code",
    "wrong-code": "code",
    "code-again": AGAIN,
    "wrong-code-again": AGAIN,
}
"""The field that a refusal without findings is about, by the refusal's type.

A password that a person has is asked for in `current_password`, and a code of the second factor
in `code`, on every page.
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page, or a form that was sent, read and checked.

    `session` is the token in the session's cookie, of which only the form was checked: a use case
    takes it as it takes a bearer token, and raises Unauthenticated where it no longer works. It is
    None where the page's contract does not read the cookie. `member` is who opens a page of the
    desk, None on every other. `body` holds the fields of a form that
    fits its schema. Where a form was refused, `refused` is why, and `typed` what it held, passwords
    and codes apart. `once` is the random value for a form that creates something.
    """

    call: Call
    notice: Notice
    frame: Frame
    session: str | None = field(default=None, repr=False)
    body: Mapping[str, str] = field(default_factory=dict, repr=False)
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    refused: Problem | None = None
    once: str = ""
    member: Member | None = None

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.frame.language

    @property
    def acts(self) -> bool:
        """Whether a member of the desk opens the page who may act there, and not only read."""
        return self.member is not None and self.member.acts

    def speaking(self, locale: str | None) -> Visit:
        """Returns the visit in the language of an account, unless the address asks for another."""
        if locale is None or self.frame.asked:
            return self
        language = language_for(locale, self.notice.locales)
        return replace(self, frame=replace(self.frame, language=language))

    def shown_again(self, problem: Problem, typed: Mapping[str, str], frame: Frame) -> Visit:
        """Returns the visit of the page, with this frame, that shows a refused form again."""
        kept = {name: text for name, text in typed.items() if name not in SECRET}
        return replace(self, frame=replace(frame, refused=True), refused=problem, typed=kept)

    def value(self, name: str) -> str:
        """Returns a text that the page shows in a field, or sends along unseen.

        It is what the refused form held, else the parameter of the address, else empty.
        """
        found = self.typed.get(name, self.call.query.get(name, ""))
        return found if isinstance(found, str) else str(found)

    def errors(self, name: str) -> tuple[str, ...]:
        """Lists why a field was refused, in the reader's language.

        A field called `profile.name` is that of the findings at `/profile/name`.
        """
        said = words("errors", self.language)
        problem = self.refused
        if problem is not None and name and name == self._beside():
            return (_whole(problem, said, self.language),)
        found = (one for one in self._findings() if _field(one) == name)
        return tuple(dict.fromkeys(_told(one, said) for one in found))

    def general_errors(self, *fields: str) -> tuple[str, ...]:
        """Lists why the form was refused as a whole, beside what `errors` says of these fields.

        It is empty where no form was refused, or where the fields' errors are the whole reason.
        """
        problem = self.refused
        if problem is None:
            return ()
        said = words("errors", self.language)
        if not problem.findings:
            shown = self._beside() in fields
            return () if shown else (_whole(problem, said, self.language),)
        others = (one for one in self._findings() if _field(one) not in fields)
        return tuple(dict.fromkeys(_told(one, said) for one in others))

    def summary(
        self, *fields: str, labels: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[tuple[str, str], ...]:
        """Lists all reasons of a refusal for the top of the page: a field's name, and a text.

        `fields` are those that the page shows, in its order; the name is empty for what none of
        them is the reason of. A text begins with the field's label where `labels` has one, so that
        it can be understood alone.
        """
        if self._beside() == AGAIN:
            fields = (AGAIN, *fields)
        whole = tuple(("", text) for text in self.general_errors(*fields))
        return whole + tuple(
            (name, pair(labels[name], text, self.language) if name in labels else text)
            for name in fields
            for text in self.errors(name)
        )

    def is_again(self, address: str, hidden: Mapping[str, str]) -> bool:
        """Tells whether a form of the page is the one that was refused.

        It is by its address and its hidden fields, which tell forms of one address apart.
        """
        if self.refused is None:
            return False
        own = self.frame.to(self.call.operation.path.format(**self.call.path))
        sent = all(self.typed.get(name) == value for name, value in hidden.items() if value)
        return address.partition("?")[0] == own.partition("?")[0] and sent

    def _beside(self) -> str:
        """Returns the field that a refusal without findings is about; empty where it is none."""
        problem = self.refused
        if problem is None or problem.findings:
            return ""
        return _BESIDE.get(problem.type, "")

    def _findings(self) -> tuple[Finding, ...]:
        return () if self.refused is None else self.refused.findings


def _field(finding: Finding) -> str:
    """Returns the name of the form's field that a finding is about."""
    steps = finding.pointer.strip("/").split("/")
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in steps)


def _told(finding: Finding, said: Mapping[str, str]) -> str:
    text = said.get(f"reason_{finding.reason}", said["reason"])
    if "{limit}" in text:
        return said["reason"] if finding.limit is None else text.format(limit=finding.limit)
    return text


def _whole(problem: Problem, said: Mapping[str, str], language: str) -> str:
    """Returns a problem without findings in words: by its type, else by its status."""
    if isinstance(problem, TooManyRequests):
        return said["problem_too-many-requests"].format(wait=wait(problem, language))
    for name in (f"problem_{problem.type}", f"problem_{problem.status}"):
        if name in said:
            return said[name]
    return said["problem"]


def wait(problem: TooManyRequests, language: str) -> str:
    """Returns the time to wait, in words, rounded up to whole minutes: `15 minuti`."""
    minutes = -(-problem.retry_after // 60)
    hours, minutes = divmod(minutes, 60) if minutes >= 120 else (0, minutes)
    counted: dict[str, Any] = {"hours": hours, "minutes": minutes}
    return length(counted, language)
