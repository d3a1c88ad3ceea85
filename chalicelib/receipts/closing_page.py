"""A closing receipt as a document for its person: no script, nothing loaded, complete on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.notices.erasure import REQUESTED, plan
from chalicelib.notices.model import Notice, Words
from chalicelib.pages import formats
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import primary
from chalicelib.pages.page import document
from chalicelib.pages.words import words as texts
from chalicelib.receipts.contract import VERIFY
from chalicelib.site.wellknown import JWKS

_MOMENTS = ("received_at", "begun_at", "closed_at", "unreadable_from")
_FILES = ("pages", "receipts", "closing")
"""The files of words; a later one is right where two have a text of one name."""


@dataclass(frozen=True, slots=True)
class _Told:
    """The words, language and notice in which the document names codes and moments."""

    words: Mapping[str, str]
    locale: str
    notice: Notice
    language: str
    """The language of the notice's words, which may differ from the reader's."""

    def moment(self, written: str) -> str:
        """Returns a moment, given in RFC 3339, to the second in the notice's time zone."""
        value = datetime.fromisoformat(written)
        return formats.moment(value, self.locale, self.notice.zone, precise=True)

    def code(self, kind: str, code: str) -> str:
        """Returns the name of a code, or the code where it has no name."""
        return self.words.get(f"{kind}_{code}", code)

    def text(self, words: Words) -> str:
        """Returns words of the notice."""
        return self.notice.text(words, self.language)

    def record(self, kind: str) -> str:
        """Returns the title of a kind of record, or its code where the notice has none."""
        found = self.notice.records.get(kind)
        return kind if found is None else self.text(found.title)

    def category(self, category: str) -> str:
        """Returns the title of a category, or its code where the notice has it no more."""
        found = self.notice.categories.get(category)
        return category if found is None else self.text(found.title)

    def purpose(self, purpose: str) -> str:
        """Returns the title of a purpose, or its code where the notice has it no more."""
        found = self.notice.purposes.get(purpose)
        return purpose if found is None else self.text(found.title)

    def recipient(self, recipient: str) -> str:
        """Returns the name of a recipient, or its code where the notice has it no more."""
        found = self.notice.recipients.get(recipient)
        return recipient if found is None else self.text(found.name)


def closing_page(
    receipt: str,
    said: Mapping[str, Any],
    notice: Notice,
    locale: str,
    frame: Frame | None = None,
) -> str:
    """Returns the document, in one of the software's languages.

    `said` is what the receipt says, and `notice` the one in force: it names categories, kinds and
    recipients. Codes stand for those that it does not know any more. With a `frame` the document
    stands in the shell of the pages.
    """
    words = {name: text for file in _FILES for name, text in texts(file, locale).items()}
    own = (tag for tag in notice.locales if primary(tag) == locale)
    language = next(own, notice.locales[0])
    told = _Told(words, locale, notice, language)
    erased = said["erased"]
    issuer, scope = said["iss"], said.get("scope", {})
    return document(
        "receipts/templates/closing.html.j2",
        words["title"],
        words=words,
        locale=locale,
        site=notice.site_name,
        frame=frame,
        spoken="" if primary(language) == locale else language,
        facts=list(_facts(said, told)),
        categories=_counts(erased["categories"], told.category, told),
        records=_counts(erased["records"], told.record, told),
        kept=list(_kept(said["kept"], told)),
        holds=[
            (told.code("hold", one["ground"]), told.moment(one["until"])) for one in said["holds"]
        ],
        scope=scope,
        withdrawn=[told.purpose(one) for one in scope.get("withdrawn", ())],
        needed=[
            (
                told.category(one["category"]),
                ", ".join(map(told.purpose, one["purposes"])) or words["with_account"],
            )
            for one in scope.get("needed", ())
        ],
        recipients=[told.recipient(one) for one in said["recipients_told"]],
        systems=[
            (told.recipient(system), told.code("answer", answer))
            for system, answer in said["systems"].items()
        ],
        proof=words["proof_text"].format(verify=issuer + VERIFY.path, keys=issuer + JWKS.path),
        receipt=receipt,
    )


def _facts(said: Mapping[str, Any], told: _Told) -> Iterator[tuple[str, str]]:
    yield told.words["number"], said["request"]
    yield told.words["subject"], said["subject"]
    for name in _MOMENTS:
        yield told.words[name], told.moment(said[name])


def _counts(
    counts: Mapping[str, int], name: Callable[[str], str], told: _Told
) -> list[tuple[str, str]]:
    """Returns a row for each name that is counted, in the order of the alphabet of their titles."""
    return sorted((name(one), formats.number(count, told.locale)) for one, count in counts.items())


def _kept(kept: list[Mapping[str, Any]], told: _Told) -> Iterator[tuple[str, str, str]]:
    """Yields kind, ground and end of what stays."""
    stays = plan(told.notice, REQUESTED).stay
    for one in kept:
        signed, stay = one["ground"], stays(one["kind"])
        # The signed words are in the language of the request; the same ones may stand in others.
        if stay is not None and signed in stay.why.values():
            ground = told.text(stay.why)
        else:
            ground = told.code("ground", signed)
        ends = told.words["with_account"] if one["ends_at"] is None else told.moment(one["ends_at"])
        yield told.record(one["kind"]), ground, ends
