"""What consents given before a version do not cover: pure.

A consent covers what was said when it was asked for (GDPR art. 4(11), 7). So a decision is not
touched when a version says more: it is read together with what was added after it.
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
"""Kind of a material change -> the part of the purpose that is new, and who names it in the change.

Of all other kinds nobody can say which part of a purpose they leave alone.
"""

_LONGER: Final = frozenset({"consent_longer", "consent_unending"})
"""Changes by which a yes holds for longer: one that was given before ends when it was said to."""


def widenings(before: Notice, after: Notice, changes: Iterable[Change]) -> Widenings:
    """Purpose -> what versions up to `after` added to it, oldest first.

    `changes` are those from `before` to `after`. What was added earlier stays added for as long as
    it is there and the purpose rests on consent; once it does not, nothing is left to be covered.
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
    """What is still there of what was added: what is taken out again needs no consent.

    If it comes back, that is a change of its own.
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
