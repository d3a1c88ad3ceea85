"""Conditions on a subject's life, each of which also says what its limits may be.

Every write that depends on a life takes its condition from here: the attributes of life and limits
are compared nowhere else, so that no write can forget that an account was disowned.
"""

from pynamodb.expressions.condition import Condition

from chalicelib.storage.attributes import still
from chalicelib.subjects.model import Life, Standing, is_visitor
from chalicelib.subjects.store import StandingItem


def account_in(subject: str, *lives: Life) -> Condition:
    """Returns the condition that a subject is an account in one of these lives, not disowned.

    For a visitor, whose stored life is `active` too, the condition never holds: no item without a
    key has a life. `Standing.is_account_in` is the same for a standing that was read.
    """
    held: Condition = StandingItem.state.is_in(*sorted(map(str, lives)))
    held &= StandingItem.pk.does_not_exist() if is_visitor(subject) else _disowned(disowned=False)
    return held


def unchanged(standing: Standing) -> Condition:
    """Returns the condition that a subject's life and limits are those that were read."""
    same: Condition = StandingItem.state == str(standing.life)
    same &= _disowned(disowned=standing.disowned)
    same &= still(StandingItem.restricted, standing.limits.restricted)
    same &= same_holds(standing.limits.held)
    return same


def in_state(state: str) -> Condition:
    """Returns the condition that a subject's life is, as stored, that one; whatever its limits."""
    same: Condition = StandingItem.state == state
    return same


def same_holds(flag: int) -> Condition:
    """Returns the condition that the holds on a subject's records are those that were read.

    It holds for the tombstone of a subject too, and for one without a standing where `flag` is 0.
    """
    same: Condition = still(StandingItem.held, flag)
    return same


def there() -> Condition:
    """Returns the condition that a subject's erasure has not begun, whatever its limits."""
    alive: Condition = StandingItem.state.is_in(
        *sorted(str(life) for life in (Life.PENDING, Life.ACTIVE, Life.DEACTIVATED))
    )
    return alive


def erasing() -> Condition:
    """Returns the condition that a subject's erasure has begun, whatever its limits."""
    begun: Condition = StandingItem.state == str(Life.ERASING)
    return begun


def _disowned(*, disowned: bool) -> Condition:
    found: Condition = (
        StandingItem.disowned.exists() if disowned else StandingItem.disowned.does_not_exist()
    )
    return found
