"""The rules that the sweep obeys: those of the notice in force, save what does not apply yet."""

from collections.abc import Iterator

from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice, RetentionRule, UndeclaredRetention
from chalicelib.retention.amendments import model, store
from chalicelib.retention.amendments.model import Amended, Amendment, Amendments, Key

_settled: dict[str, Notice] = {}
"""Versions, as this process has them, of which all rules apply: no rule ceases to."""

_MOST = 20
"""Most versions in a row whose rules did not apply before the next one came."""


def obeyed(notice: Notice) -> Notice:
    """Returns the notice in force with the rules that are obeyed now.

    A changed rule that may end records earlier does not apply before its records are counted and,
    where it erases very many at once, before somebody said yes (`amendments.model`). Until then the
    rule that it follows is obeyed. No call once this process knows that all apply; else one
    GetItem, and one for each earlier version whose rules are obeyed.
    """
    known = _open(notice)
    if known is None:
        return notice
    instead = {key: _in_force(one, key) for key, one in known.open.items()}
    return model.obeyed(notice, instead)


def amended_after(before: Notice, after: Notice) -> dict[Key, Amended]:
    """Returns the rules of a version that differ from those that the records go by now.

    `before` is the version in force, whose own rules may not apply yet. One GetItem, and one for
    each such version before it.
    """
    known = _open(before)
    earlier = (
        {} if known is None else {key: tuple(_chain(one, key)) for key, one in known.open.items()}
    )
    return model.amended(before, after, earlier)


def _open(notice: Notice) -> Amendments | None:
    """Returns the record of a version with rules that do not apply yet; else None.

    No call where this process knows that all apply, else one GetItem.
    """
    if _settled.get(notice.version) is notice:
        return None
    known = store.get_amendments(notice.version)
    if known is None or not known.open:
        _settled[notice.version] = notice
        return None
    return known


def _in_force(one: Amendment, key: Key) -> RetentionRule | None:
    """Returns the rule that is obeyed in place of one that does not apply yet."""
    return list(_chain(one, key))[-1]


def _chain(one: Amendment, key: Key) -> Iterator[RetentionRule | None]:
    """Yields the rules that a rule follows, from version to version, up to one that applies."""
    for _ in range(_MOST):
        base = notices.version(one.base)
        yield _rule(base, key)
        known = _open(base)
        following = None if known is None else known.open.get(key)
        if following is None:
            return
        one = following


def _rule(notice: Notice, key: Key) -> RetentionRule | None:
    try:
        return notice.rule(*key)
    except UndeclaredRetention:
        return None


__all__ = ["amended_after", "obeyed"]
