"""Checks rules of retention: what may happen to a kind of record, and within which bounds.

The software knows the events from which it reckons a kind, and how its records come to their end; a
document overrides the periods it cares about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from chalicelib.catalogue import Catalogue, Kind, Rule
from chalicelib.catalogue.lengths import average, is_length, written
from chalicelib.catalogue.model import ANONYMISE, DEACTIVATE, ERASE
from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, objects
from chalicelib.notices.model import Period

ENDINGS: Final = frozenset(
    {"closed", "contract_ended", "disowned", "ended", "requested", "withdrawn"}
)
"""Events after which the software no longer needs a record, so that it may be erased at once."""

CONTRACT_ENDED: Final = "contract_ended"
"""The event of which the software knows only from the organisation."""

EVENTS: Final = ENDINGS | {
    *("registered", "verified", "created", "issued"),
    *("last_activity", "last_used", "last_decision", "last_interest"),
}
"""The events for which the software has words."""

HOURS: Final = "hours"

_ENDINGS: Final = ", ".join(sorted(ENDINGS))

_STARTS: Final = tuple(datetime(2028, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366))
"""Every day of a leap year: which of two periods is longer may depend on where they begin."""


def check(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    """Yields rules of unknown events, out of bounds, or with an end that their kind cannot have.

    `document` is the one that the author wrote.
    """
    seen: set[tuple[str, str]] = set()
    for pointer, rule in objects(document, "retention/*"):
        kind, event = rule.get("kind"), rule.get("from")
        if isinstance(kind, str) and isinstance(event, str):
            if (kind, event) in seen:
                detail = "has a rule already for this kind and event; keep one of them."
                yield Finding(extend(pointer, "from"), detail)
            seen.add((kind, event))
            known = catalogue[kind].rule(event) if kind in catalogue else None
            if known is not None:
                yield from _of_kind(pointer, rule, catalogue[kind], known)
            else:
                yield from _of_organisation(pointer, rule, catalogue.get(kind), event)
        yield from _at_once(pointer, rule)
        yield from _warnings(extend(pointer, "warn"), rule)


def _of_kind(pointer: str, rule: dict[str, object], kind: Kind, known: Rule) -> Iterator[Finding]:
    """Yields what is wrong in a rule that the software obeys."""
    for member in ("starts", "criterion", "ended_by"):
        if member in rule:
            detail = f"is for what the organisation ends itself; the software ends {kind.name}."
            yield Finding(extend(pointer, member), detail)
    period = rule.get("period")
    if period is None:
        yield Finding(extend(pointer, "period"), "is missing. How long the software keeps it.")
    elif isinstance(period, dict) and HOURS in period:
        detail = f"is for what the organisation ends itself; {kind.name} is kept for whole days."
        yield Finding(extend(extend(pointer, "period"), HOURS), detail)
    if rule.get("then") == ANONYMISE and not kind.anonymised:
        detail = "cannot be anonymise: the software knows no fields of this kind to empty."
        yield Finding(extend(pointer, "then"), detail)
    yield from _out_of_bounds(extend(pointer, "period"), rule.get("period"), known)
    yield from _decided(pointer, rule, known)
    if rule.get("then") == DEACTIVATE and not known.may_stop:
        detail = "cannot be deactivate: only an account that nobody uses is stopped."
        yield Finding(extend(pointer, "then"), detail)
    if "warn" in rule and not known.may_warn:
        detail = "warns nobody: there is no address to write to by then; remove it."
        yield Finding(extend(pointer, "warn"), detail)
    elif "warn" in rule and rule.get("then", known.then) not in (ERASE, DEACTIVATE):
        detail = "warns of what a person decides: nobody knows its day; let then be erase."
        yield Finding(extend(pointer, "warn"), detail)


def _of_organisation(
    pointer: str, rule: dict[str, object], kind: Kind | None, event: str
) -> Iterator[Finding]:
    """Yields what is wrong in a fact: a rule that the organisation obeys itself.

    A fact about a kind of the software says in words from which event, unless the event is the end
    of a contract, of which the software knows from the organisation alone. A rule without that is a
    mistake more often than a fact, and nobody would obey it.
    """
    if kind is not None and event != CONTRACT_ENDED and "starts" not in rule:
        events = " or ".join(sorted(one.event for one in kind.rules)) or "no rule"
        detail = (
            f"is no event from which the software reckons {kind.name}; write {events}, or say in"
            " starts from which event of its own the organisation reckons."
        )
        yield Finding(extend(pointer, "from"), detail)
    elif kind is None and event not in EVENTS and "starts" not in rule:
        detail = "is missing: the software has no words for this event; say what it is."
        yield Finding(extend(pointer, "starts"), detail)
    if "period" not in rule and "criterion" not in rule:
        detail = "is missing: how long, or criterion: what decides it (GDPR art. 13(2)(a))."
        yield Finding(extend(pointer, "period"), detail)
    if "warn" in rule:
        detail = "warns nobody: the organisation ends the record itself; remove it."
        yield Finding(extend(pointer, "warn"), detail)
    if rule.get("then") == DEACTIVATE:
        detail = "cannot be deactivate: only an account that nobody uses is stopped."
        yield Finding(extend(pointer, "then"), detail)


def _out_of_bounds(place: str, period: object, rule: Rule) -> Iterator[Finding]:
    if not is_length(period) or rule.allows(period):
        return
    if average(period) <= 0 and not (period == {"days": 0} and rule.event in ENDINGS):
        return  # the schema reports an impossible or negative length, and _at_once no time at all
    bounds = [
        f"{word} {written(bound)}"
        for word, bound in (("at least", rule.least), ("at most", rule.most))
        if bound is not None
    ]
    yield Finding(place, f"has to be {' and '.join(bounds)}: {rule.why}.")


def _decided(pointer: str, rule: dict[str, object], known: Rule) -> Iterator[Finding]:
    """Yields a finding where a person would have to decide about what goes in any case.

    That is a record that the software lets be kept for no time at all once its event has happened.
    """
    if known.most is not None and average(known.most) == 0 and rule.get("then", ERASE) != ERASE:
        yield Finding(extend(pointer, "then"), f"has to be erase: {known.why}.")


def _at_once(pointer: str, rule: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for a record that is erased at its own beginning, so that it has no use."""
    period, event = rule.get("period"), rule.get("from")
    known = isinstance(event, str) and event in EVENTS - ENDINGS
    if period == {"days": 0} and known:
        detail = f"is no time at all; a record may go at once only from {_ENDINGS}."
        yield Finding(extend(pointer, "period"), detail)


def _warnings(place: str, rule: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for each warning that is no shorter than the one before, or the period.

    A month is shorter than 30 days in February: the order has to hold wherever a period begins.
    """
    warn = rule.get("warn")
    lengths = [_length(rule.get("period")), *map(_length, warn if isinstance(warn, list) else [])]
    for index, (longer, shorter) in enumerate(pairwise(lengths)):
        if longer is None or shorter is None or _is_shorter(shorter, longer):
            continue
        detail = "has to be shorter than the warning before it, whenever it begins."
        if index == 0:
            detail = "has to be shorter than the period of the rule, whenever that begins."
        yield Finding(extend(place, index), detail)


def _length(value: object) -> Period | None:
    """Returns a period; None for what the schema refuses."""
    if not is_length(value) or any(count < 0 or count != int(count) for count in value.values()):
        return None
    return Period(**{unit: int(count) for unit, count in value.items()})


def _is_shorter(one: Period, other: Period) -> bool:
    return all(one.after(start) < other.after(start) for start in _STARTS)
