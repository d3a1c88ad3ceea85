"""The words of a page in one language: the notice's own, and the software's labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from chalicelib.notices.countries import AREA
from chalicelib.notices.model import Category, Notice, RetentionFact, RetentionRule, Since, Words
from chalicelib.notices.rendering.blocks import Line, Mark
from chalicelib.pages import formats
from chalicelib.pages.languages import languages, primary
from chalicelib.pages.words import pair, words
from chalicelib.texts import without_links

_FILE = "notice"


class Wording:
    """The words of one notice in one language.

    A label is looked for in the notice's `labels`, then in the software's labels of the language,
    then in those in English, so that a notice in a language unknown to the software can bring its
    own. `locale` is one of the notice's; another becomes the notice's first.
    """

    def __init__(self, notice: Notice, locale: str) -> None:
        self.locale = locale if locale in notice.locales else notice.locales[0]
        self._notice = notice
        self._unconfirmed = frozenset(notice.unconfirmed)
        self.untranslated = False
        """Whether a text was met that is not in this language."""
        self._own: Mapping[str, Words] = notice.completed.get("labels", {})

    def label(self, name: str) -> str:
        """Returns the label `name`. Raises KeyError for an unknown one."""
        own, known = self._own.get(name), words(_FILE, self.locale)
        if own is not None and (self.locale in own or name not in known):
            return self.words(own)
        return known[name]

    def labels(self, names: Iterable[str]) -> dict[str, str]:
        """Returns the labels of a template by name, and the `colon` of the language."""
        colon = words("pages", self.locale)["colon"]
        return {**{name: self.label(name) for name in names}, "colon": colon}

    def words(self, words: Words) -> str:
        """Returns a text of the notice, with a sign where it is not in the page's language.

        Links in it are written out.
        """
        return without_links(self._written(words))

    def said(self, words: Words) -> Line:
        """Returns a text of the notice as a line, with its links."""
        language = None if self.locale in words else self._notice.locales[0]
        return Line(self.words(words), linked=self._linked(words), language=language)

    def named(self, name: str, line: Line) -> Line:
        """Returns a line with a name before its text, such as `Arrangement: ...`."""
        return line.after(name, words("pages", self.locale)["colon"])

    @property
    def sign(self) -> str:
        """The sign of a text that is in the notice's first language instead of this one."""
        return f"({primary(self._notice.locales[0]).upper()})"

    def _written(self, words: Words) -> str:
        text = self._notice.written(words, self.locale)
        if self.locale in words:
            return text
        self.untranslated = True
        return f"{text} {self.sign}"

    def _linked(self, words: Words) -> str | None:
        text = self._written(words)
        return None if without_links(text) == text else text

    def heading(self, name: str) -> str:
        """Returns the notice's heading of a section, else the software's."""
        own = self._notice.completed["headings"].get(name)
        if own is None or (self.locale not in own and speaks(self.locale)):
            return self.label(name)
        return self.words(own)

    def mark(self, value: Mapping[str, Any], path: str) -> Mark | None:
        """Returns the remark for readers on the origin of the statement at `path`.

        None for a statement of the published text or of the law. `path` is the id by which the
        controller confirms, for example `purposes/offers_email/basis`.
        """
        proposed = value.get("origin") == "controller_choice"
        if path not in self._unconfirmed:
            return Mark(self.label("mark_choice"), open=False) if proposed else None
        if value.get("to_confirm") is not True:
            return Mark(self.label("mark_choice_unconfirmed"), open=True)
        return Mark(self.label("mark_not_stated" if proposed else "mark_to_confirm"), open=True)

    def mark_of(self, value: Mapping[str, Any], member: str, path: str) -> Mark | None:
        """Returns the remark on a member with an origin of its own.

        `path` is that of `value`. None where the member has the origin of `value`, which is marked
        there.
        """
        origin = value.get(f"{member}_origin")
        return None if origin is None else self.mark({"origin": origin}, f"{path}/{member}")

    def line(
        self, value: Mapping[str, Any], path: str, member: str = "text", *, strong: bool = False
    ) -> Line:
        """Returns a statement's words with its mark."""
        mark, href = self.mark(value, path), link(value.get("url"))
        return replace(self.said(value[member]), mark=mark, href=href, strong=strong)

    def statements(self, values: Iterable[Mapping[str, Any]], path: str) -> list[Line]:
        """Returns the lines of a list of statements."""
        return [self.line(value, f"{path}/{value['id']}") for value in values]

    def date(self, day: date) -> str:
        """Returns a date written out, such as `22 novembre 2026`."""
        return formats.day(day, self.locale)

    def period(self, period: Mapping[str, int | bool]) -> str:
        """Returns a period or a cookie's lifetime, such as `2 anni e 6 mesi` or `subito`."""
        if period.get("session"):
            return self.label("session_lifetime")
        if period.get("until_deleted"):
            return self.label("until_deleted")
        return formats.length(period, self.locale) or self.label("at_once")

    def consent_lasts(self, lasts: Mapping[str, Any]) -> str:
        """Returns the sentence on how long a consent holds, and from when."""
        name = "consent_lasts"
        if lasts["from"] == Since.LAST_INTEREST:
            measured = any(one.measures_mail for one in self._notice.purposes.values())
            name = "consent_lasts_by_mail" if measured else "consent_lasts_by_interest"
        return self.label(name).format(period=self._counted(lasts))

    def lasting(self, lasts: Mapping[str, Any]) -> str:
        """Returns how long a consent holds, such as `24 months from the last sign of interest`."""
        period, since = self._counted(lasts), lasts.get("from", Since.DECISION)
        return period if since == Since.DECISION else f"{period} {self.label(f'from_{since}')}"

    def _counted(self, lasts: Mapping[str, Any]) -> str:
        return self.period({unit: count for unit, count in lasts.items() if unit != "from"})

    def start(self, kind: str, event: str) -> str:
        """Returns from when a period of a kind of record runs, such as `from the last activity`."""
        own = f"from_{event}_{kind}"
        known = own in self._own or own in words(_FILE, self.locale)
        return self.label(own if known else f"from_{event}")

    def fact_start(self, fact: RetentionFact) -> str:
        """Returns from when the organisation reckons the period of a record that it ends itself."""
        return self.start(fact.kind, fact.event) if fact.starts is None else self.words(fact.starts)

    def fact_period(self, fact: RetentionFact) -> str:
        """Returns how long such a record is kept, or what decides it."""
        if fact.period is not None:
            return self.period(fact.period)
        return "" if fact.criterion is None else self.words(fact.criterion)

    def fact_time(self, fact: RetentionFact) -> str:
        """Returns how long from which event, such as `10 years from creation`, or what decides."""
        period = self.fact_period(fact)
        return period if fact.period is None else f"{period} {self.fact_start(fact)}"

    def special(self, category: Category) -> str | None:
        """Returns which special data a category is (GDPR art. 9, 10); None for any other."""
        return None if category.special is None else self.label(f"special_{category.special}")

    def ending(self, rule: RetentionRule) -> str:
        """Returns what happens at the end of a rule, and when its person is warned of it."""
        then = self.label(f"then_{rule.then}")
        if not rule.warn:
            return then
        before = self.join(self.period(asdict(one)) for one in rule.warn)
        return self.label("warned").format(then=then, before=before)

    def country(self, code: str) -> str:
        """Returns a country's name: the notice's own label for it (`country_hk`), else CLDR's."""
        own = self._own.get(f"country_{code.lower()}")
        if own is None and code == AREA:
            return self.label("country_eea")
        return formats.country(code, self.locale) if own is None else self.words(own)

    def language(self) -> str:
        """Returns the language's name in itself: the notice's own label for it, else CLDR's."""
        own = self._own.get("language_name")
        return formats.own_name(self.locale) if own is None else self.words(own)

    def pair(self, name: str, text: str) -> str:
        """Returns a name and what it tells, such as `Canali: e-mail`."""
        return pair(name, text, self.locale)

    def join(self, texts: Iterable[str]) -> str:
        """Returns short names in one line, such as `Italia, Francia e Spagna`."""
        return formats.listing(texts, self.locale)


def speaks(locale: str) -> bool:
    """Tells whether the software has words in a language; otherwise English is used."""
    return primary(locale) in languages()


def link(url: str | None) -> str | None:
    """Returns `url` where it is an address of the web, else None."""
    return url if url is not None and url.startswith(("https://", "http://")) else None


def mail_link(address: str) -> str:
    """Returns the link that writes to an e-mail address."""
    return "mailto:" + quote(address, safe="@")


def codes(names: Iterable[str]) -> str:
    """Returns names for programs, such as those of hosts, in one line."""
    return ", ".join(names)
