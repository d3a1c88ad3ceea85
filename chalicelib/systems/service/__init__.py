"""Asks other systems about a request, in the transaction of the use case that makes it due.

`answers` records what they answer, `uploads` looks at what they upload and `supplements` reads it
for a copy: modules of their own, since who asks needs none of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action as Update

from chalicelib import links
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from chalicelib.storage.transaction import Transaction
from chalicelib.systems import model, store
from chalicelib.systems.model import Question
from chalicelib.systems.store import QuestionItem
from chalicelib.webhooks import service as webhooks


@dataclass(frozen=True, slots=True)
class Asked:
    """The systems that were asked, by id, and the jobs of the callbacks, sent after the commit.

    `until` is the end of the longest time that one of them has; None where nobody was asked.
    """

    waiting: tuple[str, ...] = ()
    until: datetime | None = None
    jobs: tuple[JobItem, ...] = ()


def ask(
    write: Transaction,
    subject: str,
    request: str,
    right: str,
    categories: Collection[str],
    notice: Notice,
    now: datetime,
) -> Asked:
    """Adds the questions about a request to every system that the notice names for its right.

    Whether data was disclosed to a system does not matter: it may hold some that came to it on
    another way. `subject` is an account or a visitor, which other systems know by its id. Makes no
    call, and adds nothing where the notice names no system. The commit fails at the label
    `question` where this request was asked about before.
    """
    waiting, sent, until = list[str](), list[JobItem](), None
    for recipient, theirs in model.asked_of(right, categories, notice).items():
        by = model.answer_by(notice.recipients[recipient], now)
        question = Question(request, recipient, right, theirs, now, by)
        write.put(store.question_item(subject, question), label="question")
        sent.append(_callback(write, subject, question, notice, now))
        waiting.append(recipient)
        until = by if until is None else max(until, by)
    return Asked(tuple(waiting), until, tuple(sent))


def questions(subject: str, request: str) -> list[Question]:
    """Returns what was asked about a request, with the answers, by system. One Query."""
    return [store.question_of(item) for item in store.questions_of(subject, request)]


def at(subject: str, request: str, recipient: str) -> tuple[type[QuestionItem], str, str]:
    """Returns the place of the question to a system, to be read together with other items."""
    return (QuestionItem, *store.question_place(subject, request, recipient))


def found(entry: Due) -> QuestionItem | None:
    """Returns the question of an entry of the due index; None where it is not as the index has it.

    One GetItem.
    """
    try:
        item = QuestionItem.get(entry.pk, entry.sk, consistent_read=True)
    except QuestionItem.DoesNotExist:
        return None
    return item if item.due_at == entry.due_at else None


def ask_again(
    write: Transaction, item: QuestionItem, notice: Notice, now: datetime, *, wanted: bool
) -> list[JobItem]:
    """Adds that a system is asked once more, on condition that the question is as it was read.

    Where it was asked often enough, or the request is not `wanted` any more, it leaves the lane
    instead. Returns the job of the callback, to be sent after the commit.
    """
    question = store.question_of(item)
    next_at = model.ask_again_at(question, now) if wanted else None
    unchanged = QuestionItem.status.does_not_exist() & (QuestionItem.due_at == item.due_at)
    if next_at is None:
        write.update(item, gone_from_lane(), unchanged, label="question")
        return []
    actions = [
        QuestionItem.asked.set(question.asked + 1),
        QuestionItem.due_at.set(next_at),
        QuestionItem.late.remove(),
    ]
    write.update(item, actions, unchanged, label="question")
    return [_callback(write, keys.subject_of(item.pk), question, notice, now)]


def gone_from_lane() -> list[Update]:
    """Returns the updates that take a question out of its lane."""
    return [
        QuestionItem.lane.remove(),
        QuestionItem.due_at.remove(),
        QuestionItem.due_event.remove(),
        QuestionItem.due_since.remove(),
        QuestionItem.late.remove(),
    ]


def delete(subject: str, request: str) -> None:
    """Deletes what was asked and answered about a request, with what was uploaded."""
    store.delete(subject, request)


def _callback(
    write: Transaction, subject: str, question: Question, notice: Notice, now: datetime
) -> JobItem:
    inquiry = webhooks.Inquiry(
        request=question.request,
        right=question.right,
        categories=question.categories,
        answer_by=question.answer_by,
        answer_url=links.page(f"/v1/requests/{question.request}/answers"),
    )
    elsewhere = question.right == model.ERASE
    return webhooks.inquire(
        write, subject, question.recipient, inquiry, notice, now, elsewhere=elsewhere
    )


__all__ = [
    "Asked",
    "Question",
    "ask",
    "ask_again",
    "at",
    "delete",
    "found",
    "gone_from_lane",
    "questions",
]
