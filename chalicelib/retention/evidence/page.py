"""A month's report as a page: no script, nothing loaded, complete on paper and by ear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chalicelib.chain import Link
from chalicelib.notices.model import Notice
from chalicelib.pages import formats
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import primary
from chalicelib.pages.page import document
from chalicelib.pages.words import pair
from chalicelib.pages.words import words as texts
from chalicelib.receipts.contract import VERIFY
from chalicelib.retention.evidence import presentation, report
from chalicelib.retention.evidence.model import LATE, Line
from chalicelib.retention.evidence.report import GONE, State
from chalicelib.retention.model import Outcome
from chalicelib.site.wellknown import JWKS

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.retention.evidence.month import Reported

STAYED: Final = (
    Outcome.KEPT,
    Outcome.WARNED,
    Outcome.REVIEWED,
    Outcome.HELD,
    Outcome.RESTRICTED,
)
"""The outcomes of records that stayed, and should."""

NOT_DONE: Final = (Outcome.FAILED, Outcome.STUCK)
"""The outcomes of records that stayed, and should not."""

HEIGHT, STEP, BAR = 120, 12, 8
"""The chart's height, its width for a day, and that of a bar, in units of its drawing."""


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a rule and its sentence, in a language that may differ from the page's.

    `version` says in the page's language by which version of the notice it acted.
    """

    title: str
    sentence: str
    language: str
    version: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart."""

    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class _Words:
    """The words, language and notice of a page."""

    words: Mapping[str, str]
    locale: str
    notice: Notice

    def moment(self, value: datetime) -> str:
        """Returns a moment in the notice's zone."""
        return formats.moment(value, self.locale, self.notice.zone)

    def number(self, value: int) -> str:
        """Returns a number with its digits grouped."""
        return formats.number(value, self.locale)

    def counts(self, line: Line, outcomes: Iterable[Outcome]) -> str:
        """Returns what there is of these outcomes, such as `erased: 12; kept: 1`."""
        found = [
            pair(self.words[f"outcome_{one}"], self.number(line.outcomes[one]), self.locale)
            for one in outcomes
            if line.outcomes.get(one)
        ]
        return "; ".join(found) or self.words["nothing"]

    def late(self, hours: int | None) -> str:
        """Returns how late something was, of which the step in hours is known."""
        if hours is None:
            return self.words["nothing"]
        if hours == 0:
            return self.words["under_an_hour"]
        later = [step for step in LATE if step > hours]
        if not later:
            return self.words["over_hours"].format(hours=self.number(hours))
        return self.words["between_hours"].format(
            least=self.number(hours), most=self.number(later[0])
        )

    def lateness(self, line: Line) -> str:
        """Returns how late most and nearly all of the records of a line were that ended."""
        most, nearly = report.most(line), report.p99(line)
        if most is None:
            return self.words["nothing"]
        return self.words["late"].format(p99=self.late(nearly), most=self.late(most))

    def age(self, seconds: int) -> str:
        """Returns how long something had been due, in the two largest units of days to minutes."""
        hours, minutes = divmod(seconds // 60, 60)
        days, hours = divmod(hours, 24)
        counted = {"days": days, "hours": hours, "minutes": 0 if days else minutes}
        return formats.length(counted, self.locale) or self.words["under_a_minute"]

    def link(self, found: Link | None) -> str:
        """Returns number and hash of a record, such as `12: 0f3a…`."""
        return "" if found is None else f"{found.seq} · {found.hash}"


def report_page(reported: Reported, notice: Notice, locale: str, frame: Frame | None = None) -> str:
    """Returns the page. `notice` is in force, `locale` a language of the software.

    With a `frame` the page stands in the shell of the pages.
    """
    words = report_words(locale)
    return document(
        "retention/evidence/templates/report.html.j2",
        report_title(reported, locale),
        words=words,
        locale=locale,
        site=notice.site_name,
        frame=frame,
        **report_parts(reported, notice, locale),
    )


def report_words(locale: str) -> dict[str, str]:
    """Returns the words of a report, by name, in a language of the software."""
    return {**texts("pages", locale), **texts(presentation.FILE, locale)}


def report_title(reported: Reported, locale: str) -> str:
    """Returns the title of a report, which names its month."""
    first_day = next(iter(reported.report.days))
    return report_words(locale)["title"].format(month=formats.month(first_day, locale))


def report_parts(reported: Reported, notice: Notice, locale: str) -> dict[str, Any]:
    """Returns what the template `body.html.j2` shows of a report, by name, beside its words."""
    words = report_words(locale)
    found, told = reported.report, _Words(words, locale, notice)
    language = presentation.language_of(notice, locale)
    return {
        "spoken": "" if primary(language) == locale else language,
        "state": _state(reported, told),
        "facts": list(_facts(reported, told)),
        "sums": _sums(found.sums, told),
        "rules": list(_rules(reported, told)),
        "quiet": [notice.text(one.title, language) for one in presentation.quiet(reported, notice)],
        "chart": _chart(reported, told) if report.gone(found.sums) else None,
        "backups": words["backups_text"].format(
            backups=told.moment(found.recoverable_until),
            keys=told.moment(presentation.keys_until(reported, notice)),
        ),
        "recipients": list(presentation.recipients(notice, language).values()),
        "fault": None if found.fault is None else words["fault_text"].format(number=found.fault),
        "chain": list(_chain(reported, told)),
        "proof": words["proof_text"].format(verify=VERIFY.path, keys=JWKS.path),
        "root": reported.signed,
    }


def _state(reported: Reported, told: _Words) -> str:
    found = reported.report
    if found.state is State.FUTURE:
        return told.words["state_future"]
    if not found.runs:
        before = found.since is None or found.since >= found.month.ends
        return told.words["state_none_kept" if before else "state_none"]
    return told.words[f"state_{found.state}"]


def _facts(reported: Reported, told: _Words) -> Iterator[tuple[str, str]]:
    found, words = reported.report, told.words
    yield words["from"], told.moment(found.month.begins)
    yield words["to"], told.moment(found.month.ends)
    yield words["made_at"], told.moment(found.made_at)
    if found.since is not None:
        yield words["recorded_since"], told.moment(found.since)
    yield words["runs"], told.number(found.runs)
    yield words["version"], told.notice.version
    if found.rule is not None:
        yield words["only_rule"], found.rule


def _sums(line: Line, told: _Words) -> list[tuple[str, str]]:
    words = told.words
    return [
        (words["looked_at"], told.number(line.looked_at)),
        (words["gone"], told.counts(line, GONE)),
        (words["stayed"], told.counts(line, STAYED)),
        (words["not_done"], told.counts(line, NOT_DONE)),
        (words["keys"], told.number(line.keys)),
        (words["lateness"], told.lateness(line)),
    ]


def _rules(reported: Reported, told: _Words) -> Iterator[tuple[Named | str, ...]]:
    for one in presentation.told(reported, told.notice, told.locale):
        line = one.of.line
        language = "" if primary(one.language) == told.locale else one.language
        name = one.of.version if one.in_force else f"{one.of.version} ({told.words['former']})"
        version = pair(told.words["by_version"], name, told.locale)
        yield (
            Named(one.title, one.sentence, language, version),
            told.number(line.looked_at),
            told.counts(line, GONE),
            told.counts(line, STAYED),
            told.counts(line, NOT_DONE),
            told.age(line.oldest),
            told.lateness(line),
        )


@dataclass(frozen=True, slots=True)
class _Chart:
    """The chart of a month: bars, its size, what it says in words, and the rows of its table."""

    bars: list[Bar]
    width: int
    text: str
    rows: list[tuple[str, str]]
    height: int = HEIGHT
    bar: int = BAR


def _chart(reported: Reported, told: _Words) -> _Chart:
    days = reported.report.days
    highest = max(days.values())
    best = max(days, key=lambda day: days[day])
    bars = []
    for number, count in enumerate(days.values()):
        height = round(HEIGHT * count / highest, 1)
        if count:
            bars.append(Bar(number * STEP, round(HEIGHT - height, 1), height))
    text = told.words["chart_text"].format(
        days=told.number(len(bars)),
        most=told.number(highest),
        day=formats.day(best, told.locale),
    )
    rows = [
        (formats.day(day, told.locale), told.number(count)) for day, count in days.items() if count
    ]
    return _Chart(bars, len(days) * STEP, text, rows)


def _chain(reported: Reported, told: _Words) -> Iterator[tuple[str, str]]:
    found = reported.report
    for name, one in (
        ("previous", found.previous),
        ("first", found.first),
        ("last", found.last),
        ("head", found.head.last if found.head.last.seq else None),
    ):
        if one is not None:
            yield told.words[name], told.link(one)
