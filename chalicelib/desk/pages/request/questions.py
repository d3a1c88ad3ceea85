"""The questions that other systems were asked about a request, with their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import written

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.web.pages.visit import Visit


def questions(visit: Visit, case: Case, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields the systems that were asked, each with its answer, or until when it has time."""
    for one in case.questions:
        name = titles.recipient(one.recipient, visit.notice, visit.language)
        at, text = one.answered_at, said["answer_by"]
        if one.status is not None:
            text = said[f"answered.{one.status}"]
        yield name, text.format(day=written(one.answer_by if at is None else at, visit))


__all__ = ["questions"]
