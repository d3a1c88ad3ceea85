"""Sending a message, over SES."""

from chalicelib import clock, settings
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import deliverable, render
from chalicelib.notices.model import Notice
from chalicelib.storage import clients


def send(message: Message, notice: Notice) -> None:
    """Renders a message in the site's name and hands it to SES. One call.

    A raw message keeps our own headers, which the newer API drops on the local engine. Errors of
    SES are the caller's: its job is not finished then.
    """
    mail = render(
        message,
        site=notice.site_name,
        sender=settings.mail_sender(),
        contact=notice.contact,
        now=clock.now(),
    )
    clients.ses().send_raw_email(
        Source=settings.mail_sender(),
        Destinations=[deliverable(message.address)],
        RawMessage={"Data": mail.as_bytes()},
    )
