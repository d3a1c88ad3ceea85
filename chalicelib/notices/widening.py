"""Computes what a version adds to purposes beyond the consents given before it: pure.

A consent covers what was said when it was asked for (GDPR art. 4(11), 7). A version that adds to a
purpose therefore leaves decisions as they are: they are read together with the additions.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from chalicelib.notices.changes import Change, Effect
from chalicelib.notices.changes.conditions import outlasts
from chalicelib.notices.model import Notice, Purpose, Widening

Widenings = Mapping[str, tuple[Widening, ...]]

_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "category_added": ("categories", "category"),
    "recipient_added": ("recipients", "recipient"),
    "role_changed": ("recipients", "recipient"),
    "country_added": ("recipients", "recipient"),
    "country_unstated": ("recipients", "recipient"),
    "items_more": ("recipients", "recipient"),
    "channel_added": ("channels", "channel"),
    "cookie_added": ("cookies", "cookie"),
    "cookie_longer": ("cookies", "cookie"),
    "cookie_moved": ("cookies", "cookie"),
    "cookie_class_added": ("cookie_classes", "cookie_class"),
    "cookie_class_asks": ("cookie_classes", "cookie_class"),
    "cookie_class_moved": ("cookie_classes", "cookie_class"),
    "consent_mode_added": ("cookie_classes", "cookie_class"),
}
"""The part of the purpose that each kind of material change adds, and the key of its id in the
change.

A change of any other kind cannot be limited to a part: it widens the whole purpose."""

_LONGER: Final = frozenset({"consent_longer", "consent_otherwise", "consent_unending"})
"""Changes by which a consent may hold for longer: an earlier one still ends at its first date."""


def widenings(before: Notice, after: Notice, changes: Iterable[Change]) -> Widenings:
    """Returns, by purpose, what versions up to `after` added to it, oldest first.

    `changes` are those from `before` to `after`. An earlier addition stays for as long as it is in
    the notice and the purpose rests on consent.
    """
    kept = {
        purpose: still
        for purpose, added in before.widenings.items()
        if purpose in after.choices
        if (still := tuple(_pruned(added, after.purposes[purpose], after)))
    }
    for purpose, widening in _added(before, after.version, changes).items():
        kept[purpose] = (*kept.get(purpose, ()), widening)
    return kept


def _pruned(added: Iterable[Widening], purpose: Purpose, after: Notice) -> Iterator[Widening]:
    """Yields the additions that are still in the notice; removed ones need no consent.

    An addition that comes back is a change of its own.
    """
    for one in added:
        still = Widening(
            one.version,
            one.categories & set(purpose.categories),
            one.recipients & set(purpose.recipients),
            one.channels & set(purpose.channels),
            one.cookies & frozenset(after.cookies),
            one.cookie_classes & frozenset(after.cookie_classes),
            one.whole,
            one.lasts if outlasts(purpose.lasts, one.lasts) else None,
        )
        if still != Widening(one.version):
            yield still


def _added(before: Notice, version: str, changes: Iterable[Change]) -> dict[str, Widening]:
    found: dict[str, Widening] = {}
    for change in changes:
        if change.effect is not Effect.MATERIAL and change.kind not in _LONGER:
            continue
        for purpose in change.purposes:
            known = found.get(purpose, Widening(version))
            if change.kind in _LONGER:
                found[purpose] = replace(known, lasts=before.purposes[purpose].lasts)
            else:
                found[purpose] = _with(known, change)
    return found


def _with(known: Widening, change: Change) -> Widening:
    parts, about = _PARTS.get(change.kind, ("", ""))
    if not parts:
        return replace(known, whole=True)
    added: dict[str, Any] = {parts: getattr(known, parts) | {change.about[about]}}
    return replace(known, **added)
