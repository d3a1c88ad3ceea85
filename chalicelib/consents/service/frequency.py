"""Limits on recorded decisions: a yes has a limit, and what is refused already is one entry."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib import traces
from chalicelib.consents import no
from chalicelib.consents.model import Choice
from chalicelib.consents.service.context import Loaded
from chalicelib.limits import model, sample, service
from chalicelib.limits.sample import Sampled
from chalicelib.subjects.model import Standing


def counted(choices: Mapping[str, Choice], network: str | None, now: datetime) -> Sampled | None:
    """Returns the sampled limits of choices by network; None for choices without a limit.

    Refusals have none, and neither have acts without a network: by a signed link, or at the desk.
    """
    if network is None or Choice.GRANTED not in choices.values():
        return None
    return sample.capture(network, now)


def settled(
    before: Standing,
    choices: Mapping[str, Choice],
    counting: Sampled | None,
    loaded: Loaded,
    now: datetime,
) -> int | None:
    """Returns the number of the entry that answers an act for which no other is to be written.

    None where the act is to be recorded. `before` is the standing and `choices` all choices of the
    act, the signal's refusals among them. Beyond the limit of its person an act without a yes adds
    an entry only where a purpose is not refused yet: at most one more for each purpose, so that no
    refusal is lost. Raises TooManyRequests for an act with a yes beyond a limit.
    """
    limit = model.limit("capture.person", service.figures())
    beyond = before.captures.within(limit, now) >= limit.tries
    if Choice.GRANTED not in choices.values():
        return no.settled(choices, before) if beyond else None
    if beyond:
        traces.limited("capture.person", None, before.subject)
        raise service.refusal(limit, now)
    if counting is not None:
        counting.refuse_exhausted(loaded.counts)
    return None
