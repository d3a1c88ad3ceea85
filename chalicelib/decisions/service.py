"""The decision point for callers with an API key: one call reads the key and the standings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib import clock
from chalicelib.api_keys import service as api_keys
from chalicelib.decisions.permission import Answer, Question, permission
from chalicelib.notices.model import Notice
from chalicelib.subjects import service as subjects

SCOPE = "decisions"
"""The scope that an API key needs."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Answers in the order of the questions, by standings read at `as_of` or after."""

    answers: tuple[Answer, ...]
    as_of: datetime


def decide(bearer: str | None, questions: Sequence[Question], notice: Notice) -> Decided:
    """Answers up to 100 questions, whose names are the notice's.

    One strongly consistent BatchGetItem of the key and of each person's standing, at a read unit
    each, so that a withdrawal that was acknowledged shows in the next answer. A hundred people
    take a second call.

    Raises Unauthenticated, Forbidden (a key without the scope) and Unavailable.
    """
    now = clock.now()  # before reading: what is read stood then, or came after
    about = list(dict.fromkeys(question.subject for question in questions))
    places = [subjects.standing_at(subject) for subject in about]
    _, items = api_keys.authenticate_and_read(bearer, SCOPE, places)
    read = [subjects.standing_of(item) for item in items if item is not None]
    standing = {one.subject: one for one in subjects.complete(read)}
    answers = (permission(one, standing.get(one.subject), notice, now) for one in questions)
    return Decided(tuple(answers), now)
