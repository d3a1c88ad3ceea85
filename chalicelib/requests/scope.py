"""The scope of each right: the decisions, uses and data that a request for it is about. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.accounts.model import Changes, read_changes
from chalicelib.accounts.service.forms import FORM
from chalicelib.consents.clocks import KEPT
from chalicelib.consents.model import Choice
from chalicelib.decisions.restriction import Ground, Restriction
from chalicelib.notices import erasure
from chalicelib.notices.model import FieldRef, LegalBasis, Notice
from chalicelib.requests.grounds import Ground as RefusalGround
from chalicelib.requests.grounds import Right
from chalicelib.requests.model import Asked, Request
from chalicelib.subjects.model import Decision, Standing

AT_ONCE = frozenset({Right.WITHDRAW, Right.OPT_OUT, Right.DEACTIVATE})
"""The rights that are done when they are asked for, with nothing left to decide."""


_DUTIES = frozenset({LegalBasis.LEGAL_OBLIGATION, LegalBasis.PUBLIC_TASK, LegalBasis.NOT_STATED})
"""The bases of uses that an erasure may stop at (GDPR art. 17(3)(b))."""


class Corrections(NamedTuple):
    """Corrections, apart: those that the profile tools make at once, and all others."""

    at_once: Changes
    proposed: Changes


def withdrawn(named: Collection[str], standing: Standing, notice: Notice) -> dict[str, Choice]:
    """Returns the refusals of a withdrawal of consent (GDPR art. 7(3)).

    They are about the purposes that it names; where it names none, about all to which a yes stands,
    also of an earlier notice.
    """
    given = (
        purpose
        for purpose, decided in standing.decisions.items()
        if decided.decision is Decision.GRANTED
    )
    asked = [one for one in named if one in notice.choices or one in standing.decisions]
    return dict.fromkeys(asked if named else given, Choice.DENIED)


def opted_out(notice: Notice) -> dict[str, Choice]:
    """Returns the refusals of somebody who opts out: of all marketing, whatever it rests on."""
    return {
        purpose.id: Choice.DENIED if purpose.needs_consent else Choice.OBJECTED
        for purpose in notice.purposes.values()
        if purpose.marketing
    }


def objected(named: Collection[str], notice: Notice) -> dict[str, Choice]:
    """Returns the objections that count at once and for good: to marketing (GDPR art. 21(3))."""
    return {
        purpose.id: Choice.OBJECTED
        for purpose in notice.purposes.values()
        if purpose.marketing and (not named or purpose.id in named)
    }


def weighed(named: Collection[str], notice: Notice) -> frozenset[str]:
    """Returns the purposes of an objection whose grounds have to be weighed (GDPR art. 21(1)).

    They rest on a public task or a legitimate interest and are no marketing. Without names all of
    them are meant.
    """
    return frozenset(
        purpose.id
        for purpose in notice.purposes.values()
        if purpose.opposable and not purpose.marketing and (not named or purpose.id in named)
    )


def is_declared(right: Right, ground: RefusalGround, notice: Notice) -> bool:
    """Tells whether the notice states what a ground of refusal needs.

    An erasure is refused for a legal obligation or a task in the public interest (GDPR art.
    17(3)(b)) only where some purpose rests on one, or its basis is not stated yet.
    """
    if right is not Right.ERASE or ground is not RefusalGround.LEGAL_OBLIGATION:
        return True
    return any(one.kinds & _DUTIES for one in notice.purposes.values())


def is_whole(asked: Asked | Request) -> bool:
    """Tells whether a request is about everything that its right can be about."""
    if asked.right == Right.OBJECT:
        return not asked.purposes
    whole = asked.right in (Right.RESTRICT, Right.ERASE)
    return whole and not asked.purposes and not asked.categories


def meant(asked: Asked, notice: Notice) -> Asked:
    """Returns what is asked for: an erasure of every category that goes is one of everything."""
    everything = asked.right is Right.ERASE and asked.categories
    if everything and erasure.is_everything(notice, asked.categories):
        return replace(asked, categories=())
    return asked


def still_needed(asked: Asked, notice: Notice) -> tuple[str, ...]:
    """Returns the categories of an erasure where the account needs each of them; else none.

    They are not erased while the contract goes on, which needs them (GDPR art. 17(1)(a)).
    """
    if asked.right is not Right.ERASE or not asked.categories:
        return ()
    found = erasure.part(notice, asked.categories)
    return () if found.erased else tuple(found.needed)


def restriction(
    request: str,
    ground: str | None,
    purposes: Collection[str],
    categories: Collection[str],
    now: datetime,
) -> Restriction:
    """Returns the restriction that a request for one asks for; without a scope it is everything."""
    return Restriction(
        request,
        None if ground is None else Ground(ground),
        now,
        frozenset(purposes),
        frozenset(categories),
        everything=not purposes and not categories,
    )


def corrections(changes: Changes, notice: Notice) -> Corrections:
    """Returns corrections by what can make them; those that are made at once in normal form.

    The profile tools make what a person can change in their account by themselves. A change that
    they refuse is proposed.
    """
    form = notice.forms[FORM]
    editable = (form.required | form.optional) - {form.address}
    own = _of(changes, editable)
    read = read_changes(notice, form, {"profile": own})
    if isinstance(read, tuple):
        return Corrections({}, changes)
    known = {FieldRef(name, one) for name, fields in read.items() for one in fields}
    given = {FieldRef(name, one) for name, fields in changes.items() for one in fields}
    return Corrections(read, _of(changes, given - known))


def applied(changes: Changes, notice: Notice) -> tuple[Changes, Changes]:
    """Returns approved corrections apart: those that can be made in a profile, and all others.

    A profile holds the fields that the notice says. The address is changed by proving another one,
    and what the form requires is not removed: there the desk has to help.
    """
    form, profile = notice.forms[FORM], notice.records.get(KEPT)
    makeable = {
        FieldRef(name, one)
        for name, fields in changes.items()
        for one, value in fields.items()
        if profile is not None
        and one in profile.groups.get(name, ())
        and FieldRef(name, one) != form.address
        and (value is not None or FieldRef(name, one) not in form.required)
    }
    given = {FieldRef(name, one) for name, fields in changes.items() for one in fields}
    made, left = _of(changes, makeable), _of(changes, given - makeable)
    normal = corrections(made, notice).at_once
    return {name: {**fields, **normal.get(name, {})} for name, fields in made.items()}, left


def named(changes: Changes) -> tuple[str, ...]:
    """Returns the fields of corrections, without their values."""
    return tuple(
        sorted(str(FieldRef(name, one)) for name, fields in changes.items() for one in fields)
    )


def _of(changes: Changes, refs: Collection[FieldRef] | Iterable[FieldRef]) -> Changes:
    wanted = set(refs)
    found: dict[str, Mapping[str, str | None]] = {}
    for category, fields in changes.items():
        left = {name: value for name, value in fields.items() if FieldRef(category, name) in wanted}
        if left:
            found[category] = left
    return found
