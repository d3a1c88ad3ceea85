"""Simulates the publication of a document, without publishing it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from chalicelib import clock
from chalicelib.errors import Conflict, Problem, Unprocessable
from chalicelib.jobs.rounds.model import Round
from chalicelib.notices import service as notices
from chalicelib.notices.changes import Change
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import sentences
from chalicelib.notices.service import publication
from chalicelib.publications import approval, trial
from chalicelib.publications.service import census, sample
from chalicelib.publications.simulation import (
    COUNTING,
    TOO_MANY,
    Figures,
    OpenRequests,
    Simulation,
)
from chalicelib.publications.trial import Trial
from chalicelib.requests.service import view

Preference: TypeAlias = Callable[[Sequence[str]], str]
"""Picks the reader's language from those that are on offer."""

MOST_REQUESTS = 1_000
"""Most open requests that are read."""


def simulate(
    document: Mapping[str, Any], exact: bool = False, locale: Preference | None = None
) -> Simulation:
    """Returns the effects of publishing a document, also of an invalid or refused one.

    With `exact`, everybody is counted in the background: the first call begins it, and later ones
    tell its progress. Otherwise nothing is written, and a sample is read. Without `locale` changes
    are told in the document's first language.

    3 GetItems; the cost of `sample.sample`, unless everybody was counted; the cost of
    `view.open_rights`, when rights or their deadline change. Raises NoNotice, and with `exact`
    the errors of `census.begin`.
    """
    try:
        notice = publication.compiled(document)
    except Unprocessable as refused:
        return Simulation(refused.findings)
    now = clock.now()
    judged = publication.judge(notice, now)
    if judged.before is None:
        raise notices.NoNotice("Publish a notice first: there is nothing to compare with.")
    tried = census.tried(judged.before, notice, judged.changes)
    language = notice.locales[0] if locale is None else locale(notice.locales)
    stands = _count(document, tried, now, exact=exact)
    figures, missing = _figures(tried, stands, exact=exact)
    return Simulation(
        findings=(),
        tried=tried,
        locale=language,
        told=tuple((change, _sentence(change, tried, language)) for change in tried.changes),
        refusals=(*_published(notice), *judged.refusals),
        figures=figures,
        missing=missing,
        requests=_requests(tried),
        counting=None if stands is None else census.progress(stands),
        second_person=tuple(
            (str(one.gravity), one.about) for one in approval.reasons(tried, figures)
        ),
    )


def _published(notice: Notice) -> tuple[Problem, ...]:
    try:
        known = publication.published(notice)
    except Conflict as refused:
        return (refused,)
    return (Conflict(publication.ALREADY, type="already-published"),) if known else ()


def _sentence(change: Change, tried: Trial, locale: str) -> str:
    return sentences(tried.before, tried.after, (change,), locale)[0]


def _count(
    document: Mapping[str, Any], tried: Trial, now: datetime, *, exact: bool
) -> Round | None:
    stands = census.find(tried, now)
    return census.begin(document, tried, now) if exact and stands is None else stands


def _figures(
    tried: Trial, stands: Round | None, *, exact: bool
) -> tuple[Figures | None, str | None]:
    """Returns the figures, or why there are none; with `exact` no sample is read meanwhile."""
    counted = census.figures(stands)
    if counted is not None:
        return counted, None
    if exact:
        return None, COUNTING
    try:
        return sample.sample(tried), None
    except sample.TooMany:
        return None, TOO_MANY


def _requests(tried: Trial) -> OpenRequests:
    """Returns the open requests that change; none are read when no right and no deadline does."""
    changed = trial.changed_rights(tried.before, tried.after)
    other_deadline = tried.before.deadline != tried.after.deadline
    if not changed and not other_deadline:
        return OpenRequests(None, {}, other_deadline=False, exact=True)
    found, complete = view.open_rights(MOST_REQUESTS)
    rights = {right: count for right, count in found.items() if right in changed}
    return OpenRequests(sum(found.values()), rights, other_deadline, complete)
