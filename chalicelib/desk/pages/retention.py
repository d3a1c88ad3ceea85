"""The page of a month of retention: the report with its proof, and what comes to its end soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.desk.paths import RETENTION, RETENTION_TABLE
from chalicelib.pages import formats
from chalicelib.pages.languages import tag_of
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.retention.evidence.model import NO_RULE
from chalicelib.retention.evidence.page import report_parts, report_title, report_words
from chalicelib.retention.outlook import MOST

if TYPE_CHECKING:
    from chalicelib.retention.evidence.month import Reported
    from chalicelib.retention.outlook import Outlook
    from chalicelib.web.pages.visit import Visit

_YEAR = 12


def retention_page(visit: Visit, found: Reported, ahead: Outlook, now: datetime) -> str:
    """Returns the page of a month's report, with links to other months that have begun."""
    language, notice = visit.language, visit.notice
    said = {**words("desk_reports", language), **report_words(language)}
    until = formats.day(ahead.until.astimezone(notice.zone).date(), language)
    return render(
        "desk/templates/retention.html.j2",
        visit.frame,
        report_title(found, language),
        words=said,
        area="desk",
        tabs=DESK,
        months=list(_months(visit, found, now.astimezone(notice.zone).date())),
        file=visit.frame.to(RETENTION_TABLE, month=found.report.month.name),
        ahead=list(_ahead(visit, ahead)),
        ahead_none=said["ahead_none"].format(day=until),
        ahead_more=said["ahead_more"].format(count=MOST) if ahead.more else "",
        **report_parts(found, notice, language),
    )


def _months(visit: Visit, found: Reported, today: date) -> Iterator[tuple[str, str]]:
    """Yields the months beside the one shown, and that of a year before, as links."""
    first = next(iter(found.report.days))
    this = first.year * _YEAR + first.month - 1
    for number in (this - _YEAR, this - 1, this + 1):
        year, month = divmod(number, _YEAR)
        if (2000, 1) <= (year, month + 1) <= (today.year, today.month):
            address = visit.frame.to(RETENTION, month=f"{year}-{month + 1:02}")
            yield address, formats.month(date(year, month + 1, 1), visit.language)


def _ahead(visit: Visit, ahead: Outlook) -> Iterator[tuple[str, str, str]]:
    notice, language = visit.notice, visit.language
    for one in ahead.rules:
        rule = notice.retention.get(one.rule)
        none = words("retention", language)["no_rule"]
        name = none if one.rule == NO_RULE else one.rule
        title = name if rule is None else notice.text(rule.title, tag_of(language, notice.locales))
        first = formats.day(one.first.astimezone(notice.zone).date(), language)
        yield title, formats.number(one.count, language), first
