"""Conditions of rules on a difference, each True in the case that its docstring describes.

A fact that a notice does not state (a country, a limit to some items) counts in the widest reading,
since people were promised no less.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict
from typing import Final

from chalicelib.catalogue.lengths import average
from chalicelib.notices import parties
from chalicelib.notices.changes.differences import is_words
from chalicelib.notices.changes.model import Act, Case
from chalicelib.notices.countries import EEA
from chalicelib.notices.model import FieldRef, Lasting, Notice, Purpose, Recipient

_DECIDES: Final = frozenset({"controller", "joint_controller", "other_users", "public"})
"""Roles of recipients that are not bound by the controller's instructions (GDPR art. 28, 29)."""

_AUTOMATION: Final = ("none", "not_stated", "assisted", "solely")
"""From the least to the most. A `none` that is no longer stated is a promise taken back."""


def outlasts(now: Lasting | None, then: Lasting | None) -> bool:
    """A consent may last longer than it did; None has no end.

    One that a sign of interest renews may outlast any that none renews. One that none renews may
    outlast one that would be renewed only where its own time is longer, since there may be no sign.
    """
    if now is None or then is None:
        return then is not None
    if now.renewed and not then.renewed:
        return True
    return average(asdict(now.period)) > average(asdict(then.period))


def lasts_otherwise(case: Case) -> bool:
    """A consent lasts from another moment than it did."""
    now, then = _lasting(case)
    return now is not None and then is not None and now.since is not then.since


def lasts_longer(case: Case) -> bool:
    """A consent may last longer than it did."""
    return outlasts(*_lasting(case))


def lasts_shorter(case: Case) -> bool:
    """A consent may end sooner than it did, and never lasts longer."""
    now, then = _lasting(case)
    return not outlasts(now, then) and outlasts(then, now)


def _lasting(case: Case) -> tuple[Lasting | None, Lasting | None]:
    name = case.about["purpose"]
    old, new = case.before.purposes.get(name), case.after.purposes.get(name)
    return None if new is None else new.lasts, None if old is None else old.lasts


def longer(case: Case) -> bool:
    """A period has grown."""
    return average(case.difference.after) > average(case.difference.before)


def shorter(case: Case) -> bool:
    """A period has shrunk."""
    return average(case.difference.after) < average(case.difference.before)


def greater(case: Case) -> bool:
    """A number has grown."""
    return bool(case.difference.after > case.difference.before)


def now_true(case: Case) -> bool:
    """A value has become true."""
    return case.difference.after is True


def empty(case: Case) -> bool:
    """An empty list was added or removed."""
    return [] in (case.difference.before, case.difference.after)


def only_words(case: Case) -> bool:
    """Only a text for people was added, removed or changed."""
    locales = frozenset(case.before.locales) | frozenset(case.after.locales)
    found = (case.difference.before, case.difference.after)
    return any(is_words(value, locales) for value in found)


def now_consent(case: Case) -> bool:
    """A purpose rests on consent from now on."""
    old, new = _purposes(case)
    return new is not None and new.needs_consent and not (old is not None and old.needs_consent)


def was_consent(case: Case) -> bool:
    """A purpose rested on consent until now."""
    old, new = _purposes(case)
    return old is not None and old.needs_consent and not (new is not None and new.needs_consent)


def asks_consent(case: Case) -> bool:
    """A purpose rests on consent, at least for some data."""
    _, new = _purposes(case)
    return new is not None and new.needs_consent


def other_basis(case: Case) -> bool:
    """The purpose has another basis, and the change of basis tells of all that belongs to it."""
    old, new = _purposes(case)
    return old is not None and new is not None and old.kinds != new.kinds


def now_explicit(case: Case) -> bool:
    """Some data needs explicit consent from now on (GDPR art. 9(2)(a))."""
    old, new = _purposes(case)
    return bool(new and new.explicit - (old.explicit if old else frozenset()))


def now_special(case: Case) -> bool:
    """A category is a special one from now on (GDPR art. 9(1), 10)."""
    name = case.about["category"]
    old, new = case.before.categories.get(name), case.after.categories.get(name)
    return bool(new and new.special) and not (old and old.special)


def _purposes(case: Case) -> tuple[Purpose | None, Purpose | None]:
    name = case.about["purpose"]
    return case.before.purposes.get(name), case.after.purposes.get(name)


def more_automated(case: Case) -> bool:
    """More is decided by machines than was stated, profiling included (GDPR art. 22)."""
    before, after = case.difference.before, case.difference.after
    return _AUTOMATION.index(after) > _AUTOMATION.index(before)


def purpose_comes_or_goes(case: Case) -> bool:
    """Only one version has the purpose, whose change tells of all that belongs to it."""
    return _in_one(case.before.purposes, case.after.purposes, case.touched)


def right_comes_or_goes(case: Case) -> bool:
    """Only one version has the right."""
    return _in_one(case.before.rights, case.after.rights, case.about["right"])


def rule_comes_or_goes(case: Case) -> bool:
    """Only one version has the retention rule."""
    before, after = case.before, case.after
    return _in_one(
        {*before.retention, *before.facts}, {*after.retention, *after.facts}, case.about["rule"]
    )


def reaches_further(case: Case) -> bool:
    """The recipient decides for itself, or may lie outside the European Economic Area."""
    recipient = _recipient(case.after, case)
    return recipient is not None and (recipient.role in _DECIDES or _may_lie_abroad(recipient))


def decides_itself(case: Case) -> bool:
    """The recipient is not bound by the controller's instructions."""
    recipient = _recipient(case.after, case)
    return recipient is not None and recipient.role in _DECIDES


def outside_the_area(case: Case) -> bool:
    """The country is no member of the European Economic Area (GDPR art. 44)."""
    return case.about["country"] not in EEA


def no_country(case: Case) -> bool:
    """The recipient's country is not stated, so the words are the only statement of the place."""
    recipient = _recipient(case.after, case)
    return recipient is not None and not recipient.countries


def no_tool(case: Case) -> bool:
    """No transfer tool is stated, so the words are the only statement of the safeguards."""
    recipient = _recipient(case.after, case)
    return recipient is not None and recipient.transfer_tool is None


def fewer_items(case: Case) -> bool:
    """A recipient gets less: a limit to some items is new, or names one item less."""
    versions = {Act.ADDED: case.before, Act.REMOVED: case.after}
    recipient = _recipient(versions[case.difference.act], case)
    limited = recipient is not None and recipient.items is not None
    return limited == (case.difference.act is Act.REMOVED)


def gets_the_same(case: Case) -> bool:
    """A recipient gets the same for a purpose as it did, written otherwise."""
    before, after = _given(case)
    return before == after


def gets_less(case: Case) -> bool:
    """A recipient gets less for a purpose than it did: it has a limit, and a closer one."""
    before, after = _given(case)
    return after is not None and (before is None or after < before)


def _given(case: Case) -> tuple[frozenset[FieldRef] | None, frozenset[FieldRef] | None]:
    """Returns the limits of what a recipient got for a purpose, and gets; None is no limit."""
    purpose = case.about["purpose"]
    before, after = (_recipient(notice, case) for notice in (case.before, case.after))
    return (
        None if before is None else before.items_for(purpose),
        None if after is None else after.items_for(purpose),
    )


def no_retention_rule(case: Case) -> bool:
    """The category names no retention rule, so the words are the only statement of the time."""
    category = case.after.categories.get(case.about["category"])
    return category is not None and not category.rules and not category.facts


def no_place(case: Case) -> bool:
    """No country of the processing is stated."""
    return not case.after.completed["processing_location"].get("countries")


def no_representative(case: Case) -> bool:
    """No representative is named, so the words are the only statement."""
    return "name" not in parties.controllers(case.after.completed)[0]["representative"]


def no_officer(case: Case) -> bool:
    """No data protection officer is named."""
    return "name" not in parties.controllers(case.after.completed)[0]["dpo"]


def asked_elsewhere(case: Case) -> bool:
    """The other version's form asks for the same field, in its other list."""
    removed = case.difference.act is Act.REMOVED
    form = (case.after if removed else case.before).forms.get(case.about["form"])
    fields = form.required | form.optional if form else frozenset()
    return case.about["field"] in {str(field) for field in fields}


def _recipient(notice: Notice, case: Case) -> Recipient | None:
    return notice.recipients.get(case.about["recipient"])


def _may_lie_abroad(recipient: Recipient) -> bool:
    return not recipient.countries or not EEA.issuperset(recipient.countries)


def _in_one(before: Container[str | None], after: Container[str | None], name: str | None) -> bool:
    return (name in before) != (name in after)
