"""Questions to other systems and their answers in the table, and what they upload in a bucket.

Both lie in the partition of the person whom the request is about. A file lies under `uploads/`
while a system may still write it, and under `answers/` once its form is looked at: nobody outside
can write there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib import settings
from chalicelib.storage import clients, keys, partition
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.systems.model import Question, State, Status, Upload

LANE: Final = "deadline"
"""The lane in which a question waits that has to be asked again."""

EVENT: Final = "asked"

SEALED: Final = frozenset({"records", "sha256"})
"""The fields of an answer that are sealed: what it gives, or the digest of what is uploaded."""

_CHUNK: Final = 1024 * 1024
"""The bytes that are read of a file at a time."""


class QuestionItem(Item):
    """The question to one system about one request, and its answer in a word. Ids and codes."""

    KIND = "question"
    CLASS = "evidence"

    request = UnicodeAttribute()
    recipient = UnicodeAttribute()
    right = UnicodeAttribute()
    categories = UnicodeAttribute()
    asked_at = InstantAttribute()
    answer_by = InstantAttribute()
    asked = NumberAttribute()
    status = UnicodeAttribute(null=True)
    ground = UnicodeAttribute(null=True)
    answered_at = InstantAttribute(null=True)
    supplement = BooleanAttribute(null=True)
    """True where the answer came when the request no longer waited for it."""


class AnswerItem(Item):
    """The data that one system gives about one request, sealed, or the place where it lies."""

    KIND = "answer"
    CLASS = "evidence"

    request = UnicodeAttribute()
    recipient = UnicodeAttribute()
    received_at = InstantAttribute()
    state = UnicodeAttribute()
    size = NumberAttribute()
    object = UnicodeAttribute(null=True)
    fault = UnicodeAttribute(null=True)
    """The place at which an upload has not the form that it must have, and what is wrong there."""


def question_place(subject: str, request: str, recipient: str) -> tuple[str, str]:
    """Partition and sort key of the question to a system about a request."""
    return keys.subject(subject), _sk(QuestionItem, request, recipient)


def answer_place(subject: str, request: str, recipient: str) -> tuple[str, str]:
    """Partition and sort key of the data that a system gives about a request."""
    return keys.subject(subject), _sk(AnswerItem, request, recipient)


def question_item(subject: str, question: Question) -> QuestionItem:
    """Returns the item of a question, which waits in the lane for the end of the system's time."""
    pk, sk = question_place(subject, question.request, question.recipient)
    item = QuestionItem(
        pk=pk,
        sk=sk,
        kind=QuestionItem.KIND,
        request=question.request,
        recipient=question.recipient,
        right=question.right,
        categories=" ".join(question.categories),
        asked_at=question.asked_at,
        answer_by=question.answer_by,
        asked=question.asked,
    )
    item.schedule(LANE, question.answer_by, EVENT, question.asked_at)
    return item


def question_of(item: QuestionItem) -> Question:
    """Returns the question that an item stores."""
    return Question(
        request=item.request,
        recipient=item.recipient,
        right=item.right,
        categories=tuple(item.categories.split()),
        asked_at=item.asked_at,
        answer_by=item.answer_by,
        asked=int(item.asked),
        status=None if item.status is None else Status(item.status),
        ground=item.ground,
        answered_at=item.answered_at,
        late=bool(item.supplement),
    )


def answer_item(
    subject: str, request: str, recipient: str, state: State, size: int, now: datetime
) -> AnswerItem:
    """Returns the item of what a system gives, before its contents are sealed."""
    pk, sk = answer_place(subject, request, recipient)
    return AnswerItem(
        pk=pk,
        sk=sk,
        kind=AnswerItem.KIND,
        request=request,
        recipient=recipient,
        received_at=now,
        state=str(state),
        size=size,
    )


def questions_of(subject: str, request: str) -> Iterator[QuestionItem]:
    """Yields the questions about a request, by system. One Query, strongly consistent."""
    pk, prefix = question_place(subject, request, "")
    return QuestionItem.query(pk, QuestionItem.sk.startswith(prefix), consistent_read=True)


def get_answer(subject: str, request: str, recipient: str) -> AnswerItem | None:
    """Returns what a system gives about a request, or None. One strongly consistent GetItem."""
    try:
        return AnswerItem.get(*answer_place(subject, request, recipient), consistent_read=True)
    except AnswerItem.DoesNotExist:
        return None


def answers_of(subject: str, request: str) -> Iterator[AnswerItem]:
    """Yields what systems give about a request. One Query a MB, strongly consistent."""
    pk, prefix = answer_place(subject, request, "")
    return AnswerItem.query(pk, AnswerItem.sk.startswith(prefix), consistent_read=True)


def delete(subject: str, request: str) -> None:
    """Deletes the questions about a request, and the answers with what was uploaded.

    A file goes before its item, so that a crash in between is repeated. Two Queries, a
    BatchWriteItem for 25 items, two S3 calls an upload.
    """
    found = [item.sk for item in questions_of(subject, request)]
    for item in answers_of(subject, request):
        release(subject, item.request, item.recipient, item.object)
        found.append(item.sk)
    partition.remove(keys.subject(subject), found)


def release(subject: str, request: str, recipient: str, key: str | None) -> None:
    """Deletes what a system uploaded, wherever it lies; nothing for an answer without upload."""
    if key is not None:
        delete_object(upload_key(subject, request, recipient))
        delete_object(object_key(subject, request, recipient))


def upload_key(subject: str, request: str, recipient: str) -> str:
    """Returns the key at which a system may write: ids only."""
    return f"uploads/{subject}/{request}/{recipient}"


def object_key(subject: str, request: str, recipient: str) -> str:
    """Returns the key of a file whose form is looked at, and that is used: ids only."""
    return f"answers/{subject}/{request}/{recipient}"


def upload_url(key: str, upload: Upload, seconds: int) -> str:
    """Returns an address to which a file of exactly that size can be put, for so many seconds.

    No call: it is signed with the function's own credentials. S3 refuses another length, since it
    is signed; the bucket encrypts with the class's key.
    """
    url: str = clients.s3().generate_presigned_url(
        "put_object",
        Params={"Bucket": settings.exports_bucket(), "Key": key, "ContentLength": upload.size},
        ExpiresIn=seconds,
    )
    return url


def is_there(key: str) -> bool:
    """Tells whether a file was uploaded. One HeadObject.

    S3 answers 403 for a missing one to a role that may not list the bucket.
    """
    from botocore.exceptions import ClientError

    try:
        clients.s3().head_object(Bucket=settings.exports_bucket(), Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return False
        raise
    return True


def take(source: str, key: str) -> bool:
    """Copies an upload to where nobody outside can write; False where there is none.

    One CopyObject. A repetition after the upload was removed finds the copy.
    """
    from botocore.exceptions import ClientError

    bucket = settings.exports_bucket()
    try:
        clients.s3().copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": bucket, "Key": source},
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=settings.class_key(AnswerItem.CLASS),
        )
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return is_there(key)
        raise
    return True


def chunks(key: str) -> Iterator[bytes]:
    """Yields a file in pieces. One GetObject."""
    body = clients.s3().get_object(Bucket=settings.exports_bucket(), Key=key)["Body"]
    yield from body.iter_chunks(_CHUNK)


def delete_object(key: str) -> None:
    """Deletes a file; a missing one is no error. One DeleteObject."""
    clients.s3().delete_object(Bucket=settings.exports_bucket(), Key=key)


def contents(sealed: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Returns the records among the sealed fields of an answer; none of one that was uploaded."""
    found: Sequence[Mapping[str, Any]] = sealed.get("records", ())
    return found


def _sk(kind: type[Item], request: str, recipient: str) -> str:
    return keys.record(kind.CLASS, kind.KIND, f"{request}.{recipient}")
