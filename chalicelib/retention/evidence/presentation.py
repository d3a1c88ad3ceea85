"""A month's report as JSON and as CSV, in the contract's form, and the words of its rules."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.instants import instant, optional_instant
from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.notices.processing import limit
from chalicelib.pages.languages import primary
from chalicelib.pages.words import pair, words
from chalicelib.retention.evidence.contract import COLUMNS
from chalicelib.retention.evidence.model import NO_RULE
from chalicelib.retention.evidence.report import OfRule
from chalicelib.retention.evidence.root import PROVES, figures, link
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.retention.evidence.month import Reported

FILE: Final = "retention"
"""The file of words."""


@dataclass(frozen=True, slots=True)
class Told:
    """A rule in words: `sentence` says how long records are kept, as the rule's version says it.

    `kind` and `event` are None, and `language` that of the reader, of a rule that no version has.
    """

    of: OfRule
    kind: str | None
    event: str | None
    title: str
    sentence: str
    language: str
    in_force: bool


def report_shown(reported: Reported, notice: Notice, locale: str) -> Json:
    """Returns the JSON of a report. `notice` is in force, `locale` a language of the software."""
    found, language = reported.report, language_of(notice, locale)
    return {
        "month": found.month.name,
        "from": instant(found.month.begins),
        "to": instant(found.month.ends),
        "state": str(found.state),
        "rule": found.rule,
        "made_at": instant(found.made_at),
        "recorded_since": optional_instant(found.since),
        "runs": found.runs,
        "batches": found.batches,
        "took_seconds": round(found.took / 1000),
        "previous": link(found.previous),
        "first": link(found.first),
        "last": link(found.last),
        "head": link(found.head.last),
        "fault": found.fault,
        "sums": {**figures(found.sums)},
        "rules": [_rule_shown(one) for one in told(reported, notice, locale)],
        "quiet": [
            {"rule": one.id, "title": notice.text(one.title, language)}
            for one in quiet(reported, notice)
        ],
        "days": [{"day": day.isoformat(), "gone": gone} for day, gone in found.days.items()],
        "not_covered": {
            "backups_until": instant(found.recoverable_until),
            "keys_until": instant(keys_until(reported, notice)),
            "recipients": [
                {"recipient": name, "name": text}
                for name, text in recipients(notice, language).items()
            ],
        },
        "proves": PROVES,
        "root": reported.signed,
    }


def report_csv(reported: Reported) -> bytes:
    """Returns a report as CSV (RFC 4180): UTF-8, lines ending in CR LF, a header row.

    Cells are codes and numbers; the sign that stands for no rule is no formula of a spreadsheet.
    """
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for one in reported.report.rules:
        rule = _rule(one, reported.versions)
        named = (None, None) if rule is None else (rule.kind, rule.event)
        month = reported.report.month.name
        rows.writerow([month, one.rule, *named, one.version, *figures(one.line).values()])
    return written.getvalue().encode()


def told(reported: Reported, notice: Notice, locale: str) -> Iterator[Told]:
    """Yields each rule of a report in the words of the last version by which it acted."""
    for one in reported.report.rules:
        rule, version = _rule(one, reported.versions), reported.versions.get(one.version)
        if rule is None or version is None:
            known = words(FILE, locale)
            title = known["no_rule"] if one.rule == NO_RULE else one.rule
            sentence = known["no_rule_text"] if one.rule == NO_RULE else known["no_version_text"]
            yield Told(one, None, None, title, sentence, locale, in_force=False)
            continue
        language = language_of(version, locale)
        sets = limit(version, one.rule, language)
        yield Told(
            one,
            rule.kind,
            rule.event,
            version.text(rule.title, language),
            pair(sets.record, f"{sets.period} {sets.starts}; {sets.then}", language),
            language,
            in_force=one.rule in notice.retention,
        )


def quiet(reported: Reported, notice: Notice) -> list[RetentionRule]:
    """Lists the rules in force of records that wait in the lane, of which none was due."""
    found, busy = reported.report, {one.rule for one in reported.report.rules}
    if not found.runs or found.rule is not None:
        return []
    return [one for one in notice.retention.values() if one.waits and one.id not in busy]


def keys_until(reported: Reported, notice: Notice) -> datetime:
    """Returns the end of the time in which backups can still have data keys that went."""
    found = reported.report
    return notice.rule("data_key", "ended").ends(min(found.made_at, found.month.ends))


def recipients(notice: Notice, language: str) -> Mapping[str, str]:
    """Returns the names of the recipients of data in the notice in force, by id."""
    return {name: notice.text(one.name, language) for name, one in notice.recipients.items()}


def language_of(notice: Notice, locale: str) -> str:
    """Returns the notice's own tag for one of the software's languages; else its first."""
    own = (tag for tag in notice.locales if primary(tag) == locale)
    return next(own, notice.locales[0])


def _rule(one: OfRule, versions: Mapping[str, Notice]) -> RetentionRule | None:
    version = versions.get(one.version)
    return None if version is None else version.retention.get(one.rule)


def _rule_shown(one: Told) -> Json:
    return {
        "rule": one.of.rule,
        "kind": one.kind,
        "event": one.event,
        "title": one.title,
        "sentence": one.sentence,
        "version": one.of.version,
        "in_force": one.in_force,
        **figures(one.of.line),
    }
