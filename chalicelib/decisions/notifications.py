"""The rule for sending a person one of the notice's notifications. Pure."""

from datetime import datetime

from chalicelib.decisions.permission import may_write
from chalicelib.decisions.restriction import Use
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Standing

ACCOUNT_SECURITY, REQUESTS, NOTICE_CHANGES = "account_security", "requests", "notice_changes"
"""The notice's notifications that always go out."""

NEW_SIGN_IN = "new_sign_in"
"""A notification that its person may turn off."""

_USES = {
    ACCOUNT_SECURITY: Use.SECURITY,
    NEW_SIGN_IN: Use.SECURITY,
    REQUESTS: Use.REQUEST_MAIL,
}
"""The notifications that no restriction of processing covers, with their use."""


def may_notify(
    standing: Standing, notification: str, notice: Notice, now: datetime, *, asked_for: bool = False
) -> bool:
    """Tells whether a mail of one of the notice's notifications may be sent to a person.

    It may not where the person turned it off, nor where the decision point says no to the purpose
    that it is sent for. With `asked_for`, the person has just asked for this mail: then it also
    goes to an address where mail has stopped.
    """
    sent = notice.notifications[notification]
    if sent.optional and notification in standing.muted:
        return False
    if sent.purpose is not None:
        use = _USES.get(notification, Use.PURPOSE)
        return may_write(standing, sent.purpose, notice, now, asked_for=asked_for, use=use)
    closed = standing.erasing or standing.disowned
    return not closed and (asked_for or standing.suppressed is None)
