"""The effect of a decision: what the decision point would answer about its purpose now. Pure.

Every answer that tells somebody of a consent tells this and not what was recorded alone, so that
`granted` is said only where the decision point says yes.
"""

from datetime import datetime
from typing import Final

from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decision, Standing

WORDS: Final = tuple(reason for reason in Reason if reason is not Reason.SIGNAL)
"""The words for an effect: the decision point's reasons. That a signal decided, the origin says."""

_SAID: Final = (
    Reason.WITHDRAWN,
    Reason.DENIED,
    Reason.OBJECTED,
    Reason.EXPIRED,
    Reason.ASK_AGAIN,
    Reason.NOT_ASKED,
)
"""What the decision itself has come to: told before what stands about the person."""


def effect(purpose: str, standing: Standing, notice: Notice, now: datetime) -> Reason:
    """The effect of what stands decided about a purpose, of which something does.

    A yes whose purpose the notice does not have any more permits nothing: `undeclared`; a no stays
    the no that it was. Of several reasons against it the decision's own is told first.
    """
    if purpose not in notice.purposes:
        recorded = standing.decisions[purpose].decision
        return Reason.UNDECLARED if recorded is Decision.GRANTED else Reason(recorded)
    answer = permission(Question(standing.subject, purpose), standing, notice, now)
    if answer.allowed:
        return Reason.GRANTED
    own = (reason for reason in _SAID if reason in answer.reasons)
    return next(own, answer.reasons[0])
