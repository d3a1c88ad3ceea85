"""The decisions of a browser's `Sec-GPC: 1` beside a person's own choices: pure.

The order of precedence (docs/decisions/0030-signals.md), for the purposes that the notice names:

1. A choice about that very purpose in the preference centre, in the account or when registering
   wins, also in the act that carries the signal.
2. Otherwise the signal denies: whatever the banner was answered, and a yes from before the signal
   was honoured first.
3. A choice of the person's own from after that is never overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.consents.model import Choice
from chalicelib.notices.model import Notice
from chalicelib.notices.signals import GLOBAL_PRIVACY_CONTROL as GPC
from chalicelib.notices.signals import denied_by
from chalicelib.subjects.model import Decision, Origin, Standing

SOURCE: Final = "signal"
"""The source of a decision that a person's browser made, and not they."""

DELIBERATE: Final = frozenset({"preference_centre", "preferences", "registration"})
"""The sources in which a person chooses purpose by purpose. A banner's one button for everything is
none of them, and a site's own program does not tell how it asked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The choices to be recorded of an act that carried the signal.

    `choices` are the person's own and the signal's, `origins` name the latter, and `provenance`
    is what the entry keeps sealed about them. Without `choices` nothing changes.
    """

    choices: Mapping[str, Choice]
    origins: Mapping[str, Origin]
    provenance: Mapping[str, Any]


def signalled(notice: Notice) -> frozenset[str]:
    """The purposes that the signal denies; empty where the notice does not honour it."""
    return denied_by(notice, GPC)


def heard(
    standing: Standing | None, choices: Mapping[str, Choice], source: str, notice: Notice
) -> Heard:
    """Returns the choices of a person with those of the signal that their browser sent with them.

    A refusal in force is not recorded again, by signal or by hand. With the source `signal` the
    choices are denials that the browser asked for.
    """
    asked = signalled(notice)
    by_signal = asked | choices.keys() if source == SOURCE else asked
    own = {purpose: choice for purpose, choice in choices.items() if purpose not in by_signal}
    if source != SOURCE:
        own |= {
            purpose: choice
            for purpose, choice in choices.items()
            if choice is not Choice.GRANTED or source in DELIBERATE
        }
    denied = sorted(one for one in by_signal - own.keys() if not _settled(standing, one))
    return Heard(
        choices={**own, **dict.fromkeys(denied, Choice.DENIED)},
        origins=dict.fromkeys(denied, Origin.SIGNAL),
        provenance={SOURCE: {GPC: denied}} if denied else {},
    )


def _settled(standing: Standing | None, purpose: str) -> bool:
    """Whether what stands is a refusal already, or a yes that the signal does not touch."""
    decided = None if standing is None else standing.decisions.get(purpose)
    if standing is None or decided is None:
        return False
    if decided.decision is not Decision.GRANTED:
        return True
    if decided.origin is not Origin.OWN or standing.signal_at is None:
        return False
    return decided.at >= standing.signal_at
