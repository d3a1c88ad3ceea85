"""A code of the second factor asked for again, in a session that was opened with one.

The code is only checked here: the caller makes sure that it is used once, and counts wrong ones, so
that `desk_notices` needs no right to write what opens accounts. A recovery code is not taken, since
it could not be used up.
"""

from datetime import datetime

from chalicelib.accounts import second_factor as rules
from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.service import second_factor
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import reads

needed, refused = second_factor.needed, second_factor.refused


def step_of(signed_in: SignedIn, code: str, now: datetime) -> int | None:
    """The step of time that a right code belongs to, later than any that was used at sign-in.

    None for a wrong one. One BatchGetItem, and one KMS call.
    """
    item, key = reads.batch(second_factor.places(signed_in.subject))
    confirmed = item is not None and item.status == CONFIRMED
    enrolled = second_factor.opened(item, key) if confirmed else None
    step = None if enrolled is None else rules.step_of(enrolled.factor.secret, code, now)
    return step if enrolled is not None and step and step > enrolled.factor.last_step else None
