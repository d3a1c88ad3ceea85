"""Takes the answers of other systems about requests, and moves the requests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib import clock
from chalicelib.api_keys import service as api_keys
from chalicelib.errors import Conflict, Finding, Forbidden, NotFound, Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Ground, GroundNotAllowed, Right, article
from chalicelib.requests.machine import RUNNING, Action, Actor, MoveNotAllowed, advanced
from chalicelib.requests.machine import Status as Answered
from chalicelib.requests.model import CHECK_ANSWER, FULFIL_SUPPLEMENT, FULFILMENT_QUEUE
from chalicelib.requests.service.inquiries import carried_out
from chalicelib.requests.service.register import GONE
from chalicelib.requests.service.transitions import record
from chalicelib.requests.store import RegisterItem, RequestItem
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.systems import model
from chalicelib.systems import service as systems
from chalicelib.systems.model import Answer, State, Status, Upload
from chalicelib.systems.service import answers, uploads
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

if TYPE_CHECKING:
    from chalicelib.systems.store import AnswerItem, QuestionItem

SCOPE: Final = "answers"
"""The scope that an API key needs; the key names the one recipient for which it answers."""

_ANY: Final = Upload(0, "")
"""An upload of which nothing is known yet."""

_ALIVE: Final = "alive"
"""The label of the condition that the person is not being erased."""


@dataclass(frozen=True, slots=True)
class Given:
    """The result of an answer: recorded, or a place to upload to, or a file that is looked at."""

    status: Status
    late: bool = False
    place: uploads.Place | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """The items of an answer, as they were read together."""

    subject: str
    item: RequestItem
    question: QuestionItem
    data: AnswerItem | None
    key: DataKeyItem | None


def give(bearer: str | None, request_id: str, answer: Answer, notice: Notice) -> Given:
    """Records the answer of the system for which an API key was made, once.

    One BatchGetItem of key and register, one of the request and its question, with data also of the
    key that seals it, and a KMS call; one transaction, with which the last answer sends the request
    on. Of a file to upload the first call gives the place, and the same call again, once it lies
    there, has its form looked at.

    Raises Unauthenticated; Forbidden for a key of another recipient; NotFound for a request that
    is unknown, or about which this system was not asked; Conflict for another answer than the one
    recorded (`answered-already`), and for a ground that does not refuse this right
    (`ground-not-allowed`); Unprocessable for data about another right or of other categories, and
    for an upload that has not the form that it must have (`upload-unfit`); Contention.
    """
    return patiently(lambda: _give_once(bearer, request_id, answer, notice))


def check(task: Task, notice: Notice) -> list[JobItem]:
    """Looks at the form of an upload, and records the answer where it is right.

    Returns the jobs to be sent. Repeating it changes nothing. One BatchGetItem, one KMS call, the
    calls of `uploads.look`, one transaction.
    """
    request_id, _, recipient = task.target.partition(".")
    return patiently(lambda: _check_once(task.subject, request_id, recipient, notice))


def _give_once(bearer: str | None, request_id: str, answer: Answer, notice: Notice) -> Given:
    places: list[reads.Place] = [(RegisterItem, *store.register_place(request_id))]
    api_key, (entry,) = api_keys.authenticate_and_read(bearer, SCOPE, places)
    if api_key.recipient != answer.recipient:
        raise Forbidden("This key answers for another recipient.")
    found = None if entry is None else _find(entry.subject, request_id, answer)
    if found is None:
        raise NotFound(GONE)
    question = answers.question_of(found.question)
    if question.status is not None:
        return _again(found, question, answer)
    _require_fit(question, answer)
    now = clock.now()
    if answer.upload is not None:
        return _upload(found, answer, answer.upload, notice, now)
    write = Transaction(notice)
    sent, late = _record(write, found, answer, notice, now)
    if answer.records:
        answers.put_records(write, found.question, answer, _opened(found), now)
    _commit(write)
    for job in sent:
        jobs.send(job)
    return Given(answer.status, late)


def _find(subject: str, request_id: str, answer: Answer) -> _Found | None:
    """Reads what an answer needs; None where this system was not asked. One BatchGetItem.

    The key that seals data is read for an answer with data, and what was announced for an upload.
    """
    request: reads.Place = (RequestItem, *store.request_place(subject, request_id))
    key: reads.Place = (DataKeyItem, keys.subject(subject), RequestItem.CLASS)
    places = [request, systems.at(subject, request_id, answer.recipient)]
    if answer.status is Status.DATA:
        places.append(key)
    if answer.upload is not None:
        places.append(answers.data_at(subject, request_id, answer.recipient))
    item, question, *more = reads.batch(places)
    if item is None or question is None:
        return None
    found_key, data = [*more, None, None][:2]
    return _Found(subject, item, question, data, found_key)


def _again(found: _Found, question: model.Question, answer: Answer) -> Given:
    """Returns the answer that was recorded, where it is this one.

    With data one KMS call, and a GetItem of data that came in a body. Raises Conflict for another
    answer.
    """
    data, key = found.data, None
    if found.key is not None:
        data = data or answers.given(found.question)
        key = vault.open_key(found.key)
    if not answers.says_the_same(question, data, answer, key):
        detail = "This system has answered otherwise already."
        raise Conflict(detail, type="answered-already")
    return Given(answer.status, question.late)


def _require_fit(question: model.Question, answer: Answer) -> None:
    """Raises Conflict and Unprocessable where an answer does not fit what was asked."""
    right = Right(question.right)
    if answer.ground is not None:
        try:
            article(right, Ground(answer.ground))
        except GroundNotAllowed:
            detail = "The law does not allow this ground for this right."
            raise Conflict(detail, type="ground-not-allowed") from None
    if answer.status is Status.DATA and question.right not in model.GIVES_DATA:
        finding = Finding("/status", "gives data where the right is none to data; say `done`")
        raise Unprocessable("This right is not answered with data.", findings=(finding,))
    other = tuple(
        Finding(f"/records/{number}/category", "was not asked for")
        for number, record in enumerate(answer.records)
        if record["category"] not in question.categories
    )
    if other:
        raise Unprocessable("There are records that were not asked for.", findings=other)


def _record(
    write: Transaction, found: _Found, answer: Answer, notice: Notice, now: datetime
) -> tuple[list[JobItem], bool]:
    """Adds an answer, and the way on of a request that waited for nobody else.

    Returns the jobs, and whether it came late: the request did not wait for it, or not any more.
    """
    before = store.request_of(found.item)
    late = before.waits_until is None or now > found.question.answer_by
    answers.record(write, found.question, answer, now, late=late)
    left = [one for one in before.waiting if one != answer.recipient]
    updates: list[Any] = [
        RequestItem.waiting.set(" ".join(left)) if left else RequestItem.waiting.remove()
    ]
    found.item.waiting = " ".join(left) or None
    sent = list[JobItem]()
    if before.waits_until is not None and not left and before.status in RUNNING:
        found.item.waits_until = None
        updates.append(RequestItem.waits_until.remove())
        sent = carried_out(write, before, found.subject, now)
    try:
        history = advanced(
            before.history, Action.SYSTEM_ANSWERED, Actor.SYSTEM, now, answer.recipient
        )
    except MoveNotAllowed:
        raise NotFound(GONE) from None
    record(write, found.item, history[-1:], notice, now, updates)
    if answer.status is Status.DATA:
        if before.status is Answered.COMPLETED:
            sent = [_supplement(write, found.subject, before.id, now)]
        # Data about somebody whose erasure has begun would outlive it.
        lifecycle.require_there(write, found.subject, label=_ALIVE)
    return sent, late


def _supplement(write: Transaction, subject: str, request_id: str, now: datetime) -> JobItem:
    """Adds the job that gives the person what came after the answer."""
    job = jobs.new_job(
        subject,
        FULFILMENT_QUEUE,
        FULFIL_SUPPLEMENT,
        request_id,
        now,
        job_id=f"{FULFIL_SUPPLEMENT}.{request_id}",
    )
    write.replace(job)
    return job


def _opened(found: _Found) -> vault.DataKey:
    if found.key is None:
        raise NotFound(GONE)
    return vault.open_key(found.key)


def _commit(write: Transaction) -> None:
    """Commits an answer. Raises NotFound where its person is being erased."""
    try:
        write.commit()
    except ConditionFailed as failed:
        if _ALIVE in failed.labels:
            raise NotFound(GONE) from None
        raise


def _upload(found: _Found, answer: Answer, upload: Upload, notice: Notice, now: datetime) -> Given:
    """Gives the place for a file, or has one that lies there looked at."""
    key, known = _opened(found), found.data
    if known is None or not uploads.is_known(known, upload, key):
        if known is not None and known.state == State.CHECKED:
            raise Conflict("Another upload is being looked at.", type="answered-already")
        write = Transaction(notice)
        uploads.await_upload(write, found.question, known, upload, key, now)
        lifecycle.require_there(write, found.subject, label=_ALIVE)
        _commit(write)
        return Given(answer.status, place=uploads.place(found.question, upload, now))
    if known.state == State.UNFIT:
        detail = "What was uploaded has not the form that it must have; upload another file."
        raise Unprocessable(detail, type="upload-unfit", findings=(uploads.fault_of(known),))
    if known.state == State.AWAITED:
        if not uploads.is_uploaded(known):
            return Given(answer.status, place=uploads.place(found.question, upload, now))
        _have_checked(found, known, notice, now)
    return Given(answer.status, checked=True)


def _have_checked(found: _Found, known: AnswerItem, notice: Notice, now: datetime) -> None:
    target = f"{known.request}.{known.recipient}"
    job = jobs.new_job(
        found.subject, FULFILMENT_QUEUE, CHECK_ANSWER, target, now, job_id=f"answer.{target}"
    )
    write = Transaction(notice)
    uploads.move_on(write, known, State.CHECKED, None)
    write.replace(job)
    write.commit()
    jobs.send(job)


def _check_once(subject: str, request_id: str, recipient: str, notice: Notice) -> list[JobItem]:
    found = _find(subject, request_id, Answer(recipient, Status.DATA, upload=_ANY))
    if found is None or found.data is None or found.key is None:
        return []
    if found.data.state != State.CHECKED or found.question.status is not None:
        return []
    declared = notice.recipients.get(recipient)
    fields = {} if declared is None else model.held(declared, notice)
    wanted = answers.question_of(found.question).categories
    asked = {name: theirs for name, theirs in fields.items() if name in wanted}
    fault = uploads.look(found.data, vault.open_key(found.key), asked)
    now, write = clock.now(), Transaction(notice)
    sent = list[JobItem]()
    if fault is None:
        sent, _ = _record(write, found, Answer(recipient, Status.DATA), notice, now)
    uploads.move_on(write, found.data, State.UNFIT if fault else State.TAKEN, fault)
    try:
        write.commit()
    except ConditionFailed as failed:
        if _ALIVE not in failed.labels:
            raise
        return []
    return sent
