"""Sending a message, over SES."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib import clock, settings
from chalicelib.mail.model import Message, Sender
from chalicelib.mail.rendering import deliverable, render
from chalicelib.storage import clients

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

SHARE = 0.8
"""What part of the mail quota a mailing to many may use: the rest is for mails people wait for."""


_THEIR_FAULT = 500
_OF_THE_ADDRESS = frozenset({"InvalidParameterValue"})
"""What SES says of one mail alone. `MessageRejected` is none: it says it of a sender, too, that is
not verified any more, and of an account that was paused."""


class Refused(Exception):
    """A mail was not taken, for certain; `final` says that it will not be taken later either."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it is handed over. It lives in memory only."""

    address: str = field(repr=False)
    data: bytes = field(repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)


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


def send(message: Message, sender: Sender) -> None:
    """Renders a message in the site's name and hands it to SES. One call.

    Errors of SES are the caller's: its job is not finished then.
    """
    _send(clients.ses(), rendered(message, sender))


def rendered(message: Message, sender: Sender) -> Rendered:
    """A message as it is handed over, in the site's name."""
    mail = render(
        message,
        site=sender.site_name,
        sender=settings.mail_sender(),
        contact=sender.contact,
        now=clock.now(),
        locales=sender.locales,
        zone=sender.zone,
    )
    return Rendered(deliverable(message.address), mail.as_bytes(), message.tags)


def send_once(mail: Rendered) -> None:
    """Hands over a mail that must not come twice: not once more by itself when SES is slow.

    Raises Refused when SES said that it did not take it, or could not be reached at all; with every
    other error, also one on its side, nobody knows.
    """
    from botocore import exceptions

    unreachable = (
        exceptions.EndpointConnectionError,
        exceptions.ConnectTimeoutError,
        exceptions.ProxyConnectionError,
        exceptions.SSLError,
        exceptions.NoCredentialsError,
    )
    try:
        _send(clients.ses_once(), mail)
    except unreachable as error:
        raise Refused(type(error).__name__, final=False) from None
    except exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _THEIR_FAULT:
            raise
        code = error.response["Error"]["Code"]
        raise Refused(code, final=code in _OF_THE_ADDRESS) from None


def _send(client: "SESClient", mail: Rendered) -> None:
    configuration = settings.mail_configuration()
    reported: dict[str, Any] = {}
    if configuration is not None:
        reported["ConfigurationSetName"] = configuration
        reported["Tags"] = [{"Name": name, "Value": said} for name, said in mail.tags.items()]
    # A raw message keeps our own headers, which the newer API drops on the local engine.
    client.send_raw_email(
        Source=settings.mail_sender(),
        Destinations=[mail.address],
        RawMessage={"Data": mail.data},
        **reported,
    )
