"""Every period in a notice, and those that a later version cuts below a month."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chalicelib.notices.compiler.completion import FORMER_LASTS
from chalicelib.notices.compiler.references import name_of
from chalicelib.notices.model import Notice, Period

_UNITS: Final = frozenset({"days", "months", "years"})
_STARTS: Final = tuple(datetime(2028, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366))
"""Every day of a leap year: which of two periods is longer may depend on where they begin."""

_MONTH, _DAYS = Period(months=1), Period(days=30)
_LASTING: Final = "lasts"
_FROM: Final = "from"


def cut_below_a_month(before: Notice, after: Notice) -> tuple[str, ...]:
    """Lists the paths of the periods that `after` shortens to less than a month, in order.

    A month is a calendar month or 30 days. Elements of lists are matched by their names, and a
    retention rule also by its kind and event, under any name. A consent that held without end
    counts as shortened when it gets an end, and so does a shortened or omitted promise about
    announcements.
    """
    earlier, later = (dict(_periods("", one.document)) for one in (before, after))
    found = {name for name, period in later.items() if _cut(earlier.get(name), period)}
    found |= {name for name in later.keys() - earlier.keys() if _first_end(name, before, later)}
    rules = {(rule.kind, rule.event): rule for rule in before.retention.values()}
    for rule in after.retention.values():
        known = rules.get((rule.kind, rule.event))
        if known is not None and _cut(known.period, rule.period):
            found.add(f"retention/{rule.id}/period")
    for name in ("lead", "shown"):
        if _cut(getattr(before.announcing, name), getattr(after.announcing, name)):
            found.add(f"announcements/{name}")
    return tuple(sorted(found))


def _periods(path: str, value: object) -> Iterator[tuple[str, Period]]:
    if isinstance(value, Mapping):
        counts = {name: inner for name, inner in value.items() if name != _FROM}
        if counts and counts.keys() <= _UNITS and not any(map(_is_text, counts.values())):
            yield path, _period(counts)
            return
        for name, inner in value.items():
            called = _LASTING if name == FORMER_LASTS else str(name)
            yield from _periods(f"{path}/{called}" if path else called, inner)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _periods(f"{path}/{name_of(inner) or index}", inner)


def _is_text(value: object) -> bool:
    return not isinstance(value, int | float)


def _period(value: Mapping[str, Any]) -> Period:
    return Period(**{unit: int(count) for unit, count in value.items()})


def _cut(before: Period | None, after: Period) -> bool:
    if before is None or before == after:
        return False
    return _shorter(after, before) and _shorter(after, _MONTH) and _shorter(after, _DAYS)


def _first_end(name: str, before: Notice, later: Mapping[str, Period]) -> bool:
    section, _, rest = name.partition("/")
    purpose, _, member = rest.partition("/")
    known = section == "purposes" and member == _LASTING and purpose in before.purposes
    return known and _shorter(later[name], _MONTH) and _shorter(later[name], _DAYS)


def _shorter(one: Period, other: Period) -> bool:
    return any(one.after(start) < other.after(start) for start in _STARTS)
