"""Questions to other systems and their answers as JSON, in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant
from chalicelib.systems.model import Question, Status
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.notices.model import Notice


def given_shown(status: Status, *, late: bool, checked: bool) -> dict[str, Json]:
    """Returns the JSON of an answer that is recorded, or of a file that is looked at."""
    return {"status": str(status), "supplement": late, "checking": checked}


def place_shown(url: str, expires_at: "datetime") -> dict[str, Json]:
    """Returns the JSON of a place to upload to."""
    return {"upload_url": url, "expires_at": instant(expires_at)}


def question_shown(question: Question, notice: "Notice", locale: str) -> Json:
    """Returns the JSON of what one system was asked, and its answer, for the desk."""
    recipient = notice.recipients.get(question.recipient)
    answered_at = question.answered_at
    return {
        "recipient": question.recipient,
        "name": notice.text(recipient.name, locale) if recipient else question.recipient,
        "answer_by": instant(question.answer_by),
        "asked": question.asked,
        "status": None if question.status is None else str(question.status),
        "ground": question.ground,
        "answered_at": None if answered_at is None else instant(answered_at),
        "supplement": question.late,
    }
