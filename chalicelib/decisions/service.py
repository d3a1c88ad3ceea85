"""Asking the decision point: the key that asks and everything that stands, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib import clock
from chalicelib.api_keys import service as api_keys
from chalicelib.decisions.permission import Answer, Question, permission
from chalicelib.notices.model import Notice
from chalicelib.subjects import service as subjects

SCOPE = "decisions"
"""What an API key has to be good for."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Answers in the order of the questions, as things stood at `as_of` or after."""

    answers: tuple[Answer, ...]
    as_of: datetime


def decide(bearer: str | None, questions: Sequence[Question], notice: Notice) -> Decided:
    """The answers to up to 100 questions, whose names are the notice's.

    One strongly consistent BatchGetItem of the key and of each person's standing, at a read unit
    each: whoever got an acknowledgement of a withdrawal finds it in the next answer. A hundred
    people take a second one.

    Raises Unauthenticated, Forbidden (a key without the scope) and Unavailable.
    """
    now = clock.now()  # before reading: what is read stood then, or came after
    about = list(dict.fromkeys(question.subject for question in questions))
    places = [subjects.standing_at(subject) for subject in about]
    _, items = api_keys.authenticate_and_read(bearer, SCOPE, places)
    standing = {
        subject: None if item is None else subjects.standing_of(item)
        for subject, item in zip(about, items, strict=True)
    }
    answers = (permission(one, standing[one.subject], notice, now) for one in questions)
    return Decided(tuple(answers), now)
