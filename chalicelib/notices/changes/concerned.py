"""The purposes that a change concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from chalicelib.notices.changes.model import Act, Case
from chalicelib.notices.model import Notice


def concerned(case: Case) -> frozenset[str]:
    """Returns the purposes that a difference concerns; none for one of the notice as a whole.

    They are read in the later version, and for a removed value in the earlier one.
    """
    if case.touched is not None:
        return frozenset({case.touched})
    removed = case.difference.act is Act.REMOVED
    versions = (case.before, case.after) if removed else (case.after, case.before)
    for name, of_id in _PURPOSES.items():
        if name in case.about:
            found = (of_id(notice, case.about[name]) for notice in versions)
            return next((purposes for purposes in found if purposes), frozenset())
    return frozenset()


def _of_purpose(notice: Notice, name: str) -> frozenset[str]:
    return frozenset({name} & notice.purposes.keys())


def _of_recipient(notice: Notice, name: str) -> frozenset[str]:
    recipient = notice.recipients.get(name)
    return frozenset(recipient.purposes if recipient else ())


def _of_cookie(notice: Notice, name: str) -> frozenset[str]:
    """Returns the purpose that a cookie serves, and the one whose decision switches its class."""
    cookie = notice.cookies.get(name)
    if cookie is None:
        return frozenset()
    found = notice.cookie_classes.get(cookie.cookie_class)
    switch = {found.purpose} if found is not None and not found.exempt else set()
    return frozenset({cookie.purpose} | switch)


def _of_cookie_class(notice: Notice, name: str) -> frozenset[str]:
    found = notice.cookie_classes.get(name)
    return frozenset({found.purpose} if found else ())


def _of_form(notice: Notice, name: str) -> frozenset[str]:
    form = notice.forms.get(name)
    return frozenset({form.purpose} if form else ())


def _of_record(notice: Notice, name: str) -> frozenset[str]:
    return _using(notice, _categories_of(notice, name))


def _of_category(notice: Notice, name: str) -> frozenset[str]:
    return _using(notice, {name})


def _of_rule(notice: Notice, name: str) -> frozenset[str]:
    """Returns the purposes of the categories that name a rule, or whose data its kind holds."""
    rule, fact = notice.retention.get(name), notice.facts.get(name)
    kept = _categories_of(notice, rule.kind) if rule else frozenset()
    told = frozenset(fact.categories if fact else ())
    named = {
        found.id for found in notice.categories.values() if name in (*found.rules, *found.facts)
    }
    purposes = {
        one["id"]
        for one in notice.completed["purposes"]
        if name in one.get("retention", {}).get("rules", ())
    }
    return _using(notice, named | kept | told) | purposes


def _of_source(notice: Notice, name: str) -> frozenset[str]:
    fed = {found.id for found in notice.categories.values() if name in found.sources}
    return _using(notice, fed)


def _categories_of(notice: Notice, kind: str) -> frozenset[str]:
    """Returns the categories of which a kind of record holds data, also of the organisation's."""
    record = notice.records.get(kind)
    groups: Mapping[str, Any] = record.groups if record else {}
    told = {name for one in notice.facts.values() if one.kind == kind for name in one.categories}
    return frozenset((groups.keys() | told) & notice.categories.keys())


def _using(notice: Notice, categories: Iterable[str]) -> frozenset[str]:
    wanted = set(categories)
    return frozenset(
        name for name, purpose in notice.purposes.items() if wanted.intersection(purpose.categories)
    )


_PURPOSES: Final[Mapping[str, Callable[[Notice, str], frozenset[str]]]] = {
    "purpose": _of_purpose,
    "recipient": _of_recipient,
    "cookie": _of_cookie,
    "cookie_class": _of_cookie_class,
    "form": _of_form,
    "record": _of_record,
    "category": _of_category,
    "rule": _of_rule,
    "source": _of_source,
}
"""Kind of an element -> the purposes it belongs to; the first that is found is the closest."""
