"""The effect of a decision: the decision point's answer about its purpose now. Pure.

Every answer that shows a consent shows its effect beside what was recorded, so that `granted` is
shown only where the decision point says yes.
"""

from datetime import datetime
from typing import Final

from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decision, Standing

WORDS: Final = tuple(reason for reason in Reason if reason is not Reason.SIGNAL)
"""The words for an effect: the decision point's reasons, without `signal`, which is an origin."""

_SAID: Final = (
    Reason.WITHDRAWN,
    Reason.DENIED,
    Reason.OBJECTED,
    Reason.EXPIRED,
    Reason.ASK_AGAIN,
    Reason.NOT_ASKED,
)
"""The reasons that come from the decision itself: they go before those of the person's standing."""


def effect(purpose: str, standing: Standing, notice: Notice, now: datetime) -> Reason:
    """Returns the effect of the decision that stands on a purpose; there has to be one.

    A consent to a purpose that the notice does not have any more permits nothing: `undeclared`. A
    refusal stays what it was. Of several reasons the decision's own goes first.
    """
    if purpose not in notice.purposes:
        recorded = standing.decisions[purpose].decision
        return Reason.UNDECLARED if recorded is Decision.GRANTED else Reason(recorded)
    answer = permission(Question(standing.subject, purpose), standing, notice, now)
    if answer.allowed:
        return Reason.GRANTED
    own = (reason for reason in _SAID if reason in answer.reasons)
    return next(own, answer.reasons[0])
