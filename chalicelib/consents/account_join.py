"""The decisions that an account takes over from the browser in which its person signed in: pure.

A refusal joins, and a yes that concerns the browser itself. Any other yes that was given in a
browser is no consent of the account's person (GDPR art. 4(11), 7(1)), since anybody may have
clicked there: it becomes a question to them.
"""

from collections.abc import Mapping

from chalicelib.consents.model import Choice
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decided, Decision, Origin, Standing

SOURCE = "sign_in"
"""Where decisions that an account takes over come from, as the ledger records it."""

QUEUE = "fulfilment"
JOIN_MESSAGES = "join_messages"
"""The queue, and the action, of the job by which what was written in a browser follows."""

_CHOICES = {
    Decision.GRANTED: Choice.GRANTED,
    Decision.DENIED: Choice.DENIED,
    Decision.WITHDRAWN: Choice.DENIED,
    Decision.OBJECTED: Choice.OBJECTED,
}


def joining(account: Standing, visitor: Standing, notice: Notice) -> Mapping[str, Decided]:
    """The decisions of a browser that the account takes over, by purpose, as the browser has them.

    The account's own choices are kept. Otherwise a refusal wins over a grant; of two grants the
    later wins. A grant joins only where it concerns the browser itself.
    """
    return {
        purpose: decided
        for purpose, decided in sorted(offered(visitor).items())
        if _counts(purpose, decided, notice) and _is_taken(account.decisions.get(purpose), decided)
    }


def asking(account: Standing, visitor: Standing, notice: Notice) -> Mapping[str, Decided]:
    """The yeses of a browser that the account's person is asked about, as the browser has them.

    A purpose on which the account has decided, or has taken over a refusal, is not among them.
    """
    return {
        purpose: decided
        for purpose, decided in sorted(offered(visitor).items())
        if decided.decision is Decision.GRANTED
        and purpose in notice.choices
        and not is_browsers_own(purpose, notice)
        and purpose not in account.decisions
    }


def is_browsers_own(purpose: str, notice: Notice) -> bool:
    """Whether consent to a purpose concerns the browser in which it is given and nothing else.

    So it is with what a class of cookies is for, unless it also reaches people by some channel, as
    advertising does.
    """
    known = notice.choices.get(purpose)
    if known is None or known.channels:
        return False
    return any(one.purpose == purpose for one in notice.cookie_classes.values())


def offered(visitor: Standing) -> Mapping[str, Decided]:
    """The decisions of a browser that no account was offered yet.

    Each is offered once: a browser whose site goes on with the same token leaves nothing of one
    person's to the next who signs in there.
    """
    return {
        purpose: decided
        for purpose, decided in visitor.decisions.items()
        if decided.seq > visitor.offered
    }


def choices(taken: Mapping[str, Decided]) -> dict[str, Choice]:
    """The choices, by purpose, that the account records of decisions it takes over."""
    return {purpose: _CHOICES[decided.decision] for purpose, decided in taken.items()}


def origins(taken: Mapping[str, Decided]) -> dict[str, Origin]:
    """The origins, by purpose, of decisions taken over: that of a browser's signal is kept."""
    return {
        purpose: Origin.SIGNAL if decided.origin is Origin.SIGNAL else Origin.JOINED
        for purpose, decided in taken.items()
    }


def _counts(purpose: str, decided: Decided, notice: Notice) -> bool:
    """A no counts also where the notice does not ask for consent any more."""
    return decided.decision is not Decision.GRANTED or is_browsers_own(purpose, notice)


def _is_taken(stands: Decided | None, decided: Decided) -> bool:
    if stands is None:
        return True
    if stands.origin is Origin.OWN or stands.decision is not Decision.GRANTED:
        return False
    return decided.decision is not Decision.GRANTED or decided.at > stands.at
