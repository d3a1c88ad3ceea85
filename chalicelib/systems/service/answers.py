"""Records what a system answers, in the transaction that moves the request on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.systems import model, store
from chalicelib.systems.model import Answer, Question, State
from chalicelib.systems.service import gone_from_lane
from chalicelib.systems.store import AnswerItem, QuestionItem
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey


def data_at(subject: str, request: str, recipient: str) -> Place:
    """Returns the place of what a system gives, to be read together with other items."""
    return (AnswerItem, *store.answer_place(subject, request, recipient))


def given(question: QuestionItem) -> AnswerItem | None:
    """Returns what the system of a question gave, or None. One GetItem."""
    subject = keys.subject_of(question.pk)
    return store.get_answer(subject, question.request, question.recipient)


def question_of(item: QuestionItem) -> Question:
    """Returns the question that was read at its place."""
    return store.question_of(item)


def record(
    write: Transaction, item: QuestionItem, answer: Answer, now: datetime, *, late: bool
) -> None:
    """Adds an answer to its question, on condition that there is none yet.

    The question leaves its lane. The commit fails at the label `question`.
    """
    actions: list[Any] = [
        QuestionItem.status.set(str(answer.status)),
        QuestionItem.answered_at.set(now),
        *gone_from_lane(),
    ]
    if answer.ground is not None:
        actions.append(QuestionItem.ground.set(answer.ground))
    if late:
        actions.append(QuestionItem.supplement.set(True))
    unanswered = QuestionItem.pk.exists() & QuestionItem.status.does_not_exist()
    write.update(item, actions, unanswered, label="question")


def put_records(
    write: Transaction, question: QuestionItem, answer: Answer, key: DataKey, now: datetime
) -> None:
    """Adds the records of an answer, sealed."""
    subject = keys.subject_of(question.pk)
    place = (subject, question.request, question.recipient)
    item = store.answer_item(*place, State.TAKEN, len(answer.records), now)
    vault.seal_item(item, key, {"records": [dict(one) for one in answer.records]})
    write.replace(item)


def says_the_same(
    question: Question, known: AnswerItem | None, answer: Answer, key: DataKey | None
) -> bool:
    """Tells whether an answer is the one that was recorded before, its data included."""
    if not model.same(question, answer):
        return False
    if known is None or key is None:
        return not answer.records and answer.upload is None
    opened = vault.open_item(known, key)
    if answer.upload is not None:
        return bool(opened.get("sha256") == answer.upload.sha256)
    return [dict(one) for one in store.contents(opened)] == [dict(one) for one in answer.records]
