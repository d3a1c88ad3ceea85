"""Reports on a month of retention, with the words of the rules and a signed root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib import clock, settings
from chalicelib.errors import BadRequest, Finding, NotFound
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.receipts.service import roots
from chalicelib.retention.evidence import report, root, store
from chalicelib.retention.evidence.report import Month, Report, month_of
from chalicelib.storage.heads import head_of


@dataclass(frozen=True, slots=True)
class Reported:
    """A report, what is `signed` of it, and the versions of the notice by which its runs acted.

    `signed` is None where the month's records are not as they were written: such sums prove
    nothing. `versions` lacks one that cannot be read.
    """

    report: Report
    signed: str | None
    versions: Mapping[str, Notice]


def of_month(name: str, rule: str | None, notice: Notice) -> Reported:
    """Returns the report on a month, such as `2026-11`; of all rules, or of one.

    One GetItem, one Query a MB (a month of hourly runs by twenty rules is less), and one GetItem
    for each version of the notice that this process does not know; one KMS call for the signature.
    Raises BadRequest for a rule that neither the notice in force nor the month has.
    """
    month = month_of(name, notice.zone)
    found = _found(month, rule)
    if found.fault is not None:  # unless records were pruned between the two reads
        found = _found(month, rule)
    if rule is not None and not found.rules and rule not in notice.retention:
        raise BadRequest(
            "The query does not fit what is expected here.",
            type="validation",
            findings=(Finding("/query/rule", "is no rule of the notice, nor was one that month"),),
        )
    acted = {one.version for one in found.rules} - {notice.version}
    versions = {notice.version: notice, **{name: one for name in acted for one in _version(name)}}
    signed = None
    if found.fault is None:
        signed = roots.sign(root.content(found, issuer=settings.public_url()))
    return Reported(found, signed, versions)


def _found(month: Month, rule: str | None) -> Report:
    # The head first: a record that is written meanwhile is one more than it says, and none less.
    item = store.get_head()
    runs = list(store.runs(month.begins, month.ends))
    return report.report(month, rule, runs, head_of(item), store.known_since(item), clock.now())


def _version(name: str) -> list[Notice]:
    try:
        return [notices.version(name)]
    except NotFound:
        return []
