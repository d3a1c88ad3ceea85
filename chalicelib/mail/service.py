"""Sends a message over SES."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib import clock, settings
from chalicelib.mail import rate
from chalicelib.mail.model import Message, Sender
from chalicelib.mail.rendering import deliverable, render
from chalicelib.storage import clients

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

_THEIR_FAULT = 500
_OF_THE_ADDRESS = frozenset({"InvalidParameterValue"})
"""The errors of SES about one mail alone. `MessageRejected` is none: SES also raises it for a
sender that is no longer verified, and for an account that was paused."""


_TOO_MANY = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException"})
"""The words of SES for more mails than the quota of a second or of a day."""


class Throttled(Exception):
    """SES takes no more mails at the moment; it did not take this one."""


class Refused(Exception):
    """SES certainly did not take a mail; `final` is True when it will not take it later either."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final

    @property
    def throttled(self) -> bool:
        """Whether SES takes no mail of anybody at the moment, for its quota."""
        return self.reason in _TOO_MANY


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in its final form. It lives in memory only."""

    address: str = field(repr=False)
    data: bytes = field(repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quota:
    """The mails that a mailing to many may still send: today (None: any number), and a second.

    `today` is the account's, `a_second` that of one worker among all that run at once.
    """

    today: int | None
    a_second: float


def quota() -> Quota:
    """Returns the quota of this AWS account, less the share kept for other mails. One call."""
    found = clients.ses().get_send_quota()
    most, sent = found["Max24HourSend"], found["SentLast24Hours"]
    today = None if most < 0 else max(0, int(most * rate.SHARE - sent))
    return Quota(today, rate.pace(found["MaxSendRate"], settings.mail_rate()))


def send(message: Message, sender: Sender) -> None:
    """Renders a message in the site's name and sends it by SES. One call.

    The client tries again for some seconds when SES has too much to do at once. Raises Throttled
    when it has still, or when the quota of the day is used up; else the errors of SES. Either way
    the caller's job is not finished.
    """
    from botocore.exceptions import ClientError

    try:
        _send(clients.ses(), rendered(message, sender))
    except ClientError as error:
        if error.response["Error"]["Code"] in _TOO_MANY:
            raise Throttled from None
        raise


def rendered(message: Message, sender: Sender) -> Rendered:
    """Returns a message in its final form, in the site's name."""
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
    """Sends a mail that must not come twice: there is no retry when SES is slow.

    Raises Refused when SES certainly did not take it, or could not be reached; after every other
    error, also one of SES itself, the outcome is unknown.
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
    # A raw message keeps this mail's own headers, which the newer API drops on the local engine.
    client.send_raw_email(
        Source=settings.mail_sender(),
        Destinations=[mail.address],
        RawMessage={"Data": mail.data},
        **reported,
    )
