"""Sending a message, over SES."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib import clock, settings
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import deliverable, render
from chalicelib.notices.model import Notice
from chalicelib.storage import clients

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

SHARE = 0.8
"""What part of the mail quota a mailing to many may use: the rest is for mails people wait for."""


_THEIR_FAULT = 500
_FINAL = frozenset({"MessageRejected", "InvalidParameterValue"})
"""What SES says of one mail or address; everything else that it says is about the account."""


class Refused(Exception):
    """SES did not take a mail; `final` says that it will not take it later either."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(frozen=True, slots=True)
class Quota:
    """What a mailing to many may still send: how many today (None: any), and how many a second."""

    today: int | None
    a_second: float


def quota() -> Quota:
    """The quota of this AWS account, less what is kept free for other mails. One call."""
    found = clients.ses().get_send_quota()
    most, sent = found["Max24HourSend"], found["SentLast24Hours"]
    today = None if most < 0 else max(0, int(most * SHARE - sent))
    return Quota(today, max(found["MaxSendRate"] * SHARE, 0.1))


def send(message: Message, notice: Notice) -> None:
    """Renders a message in the site's name and hands it to SES. One call.

    Errors of SES are the caller's: its job is not finished then.
    """
    _send(clients.ses(), message, notice)


def send_once(message: Message, notice: Notice) -> None:
    """The same, for a mail that must not come twice: it is not handed over again when SES is slow.

    Raises Refused when SES said that it did not take it; with every other error, also one on its
    side, nobody knows.
    """
    from botocore.exceptions import ClientError

    try:
        _send(clients.ses_once(), message, notice)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _THEIR_FAULT:
            raise
        code = error.response["Error"]["Code"]
        raise Refused(code, final=code in _FINAL) from None


def _send(client: "SESClient", message: Message, notice: Notice) -> None:
    # A raw message keeps our own headers, which the newer API drops on the local engine.
    mail = render(
        message,
        site=notice.site_name,
        sender=settings.mail_sender(),
        contact=notice.contact,
        now=clock.now(),
    )
    client.send_raw_email(
        Source=settings.mail_sender(),
        Destinations=[deliverable(message.address)],
        RawMessage={"Data": mail.as_bytes()},
    )
