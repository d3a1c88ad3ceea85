"""Legal bases in words: each basis of a purpose, with its act or interest and what it covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.notices.model import Basis, LegalBasis, Notice, Purpose
from chalicelib.notices.rendering.words import Wording


def bases(purpose: Purpose) -> tuple[Basis, ...]:
    """Returns all legal bases of a purpose, also where it has one."""
    single = Basis(purpose.basis, purpose.act, purpose.interest)
    return purpose.bases or (single,)


def governing(found: tuple[Basis, ...]) -> int:
    """Returns the place of the basis by which a purpose goes: consent, or else the first."""
    kinds = [one.kind for one in found]
    return kinds.index(LegalBasis.CONSENT) if LegalBasis.CONSENT in kinds else 0


def name(wording: Wording, basis: Basis) -> str:
    """Returns a basis with its article, such as `contract (GDPR Article 6(1)(b))`."""
    return wording.label(f"basis_{basis.kind}")


def named(wording: Wording, purpose: Purpose) -> str:
    """Returns all bases of a purpose in one line; semicolons separate them."""
    return "; ".join(dict.fromkeys(name(wording, one) for one in bases(purpose)))


def acts(wording: Wording, purpose: Purpose) -> str | None:
    """Returns the acts of a purpose's bases in one line; None where there is none."""
    return _joined(wording.words(one.act) for one in bases(purpose) if one.act)


def interests(wording: Wording, purpose: Purpose) -> str | None:
    """Returns the interests of a purpose's bases in one line; None where there is none."""
    return _joined(wording.words(one.interest) for one in bases(purpose) if one.interest)


def condition(wording: Wording, basis: Basis) -> str | None:
    """Returns the condition under which a basis covers special data, with its act; else None."""
    if not basis.condition:
        return None
    named_so = wording.label(f"condition_{basis.condition}")
    act = basis.condition_act
    return wording.pair(named_so, wording.words(act)) if act else named_so


def conditions(wording: Wording, purpose: Purpose) -> str | None:
    """Returns the conditions of a purpose's bases in one line; None where there is none."""
    found = (condition(wording, one) for one in bases(purpose))
    return _joined(one for one in found if one is not None)


def details(notice: Notice, wording: Wording, basis: Basis) -> Iterator[str]:
    """Yields the interest and the act of a basis, and what it covers where there are others."""
    if basis.interest:
        yield wording.pair(wording.label("interest"), wording.words(basis.interest))
    if basis.act:
        yield wording.pair(wording.label("act"), wording.words(basis.act))
    said = condition(wording, basis)
    if said is not None:
        yield wording.pair(wording.label("condition"), said)
    covered = _covered(notice, wording, basis)
    if covered:
        yield wording.pair(wording.label("basis_covers"), covered)


def explicit(notice: Notice, wording: Wording, purpose: Purpose) -> str | None:
    """Returns the words by which explicit consent to a purpose is asked for; None where none is.

    They are the notice's own, or else name the purpose and the special categories of data.
    """
    if not purpose.explicit:
        return None
    if purpose.asked is not None:
        return wording.words(purpose.asked)
    data = wording.join(
        wording.pair(wording.words(one.title), wording.label(f"special_{one.special}"))
        for one in notice.categories.values()
        if one.id in purpose.explicit
    )
    return wording.label("explicit_consent").format(data=data, purpose=wording.words(purpose.title))


def _covered(notice: Notice, wording: Wording, basis: Basis) -> str:
    whole = [
        wording.words(one.title) for one in notice.categories.values() if one.id in basis.categories
    ]
    parts = [
        wording.words(notice.categories[item.category].fields[item.field].title)
        for item in sorted(basis.items)
    ]
    data = wording.join([*whole, *parts]) if whole or parts else ""
    text = wording.words(basis.text) if basis.text else ""
    return ". ".join(one for one in (data, text) if one)


def _joined(texts: Iterable[str]) -> str | None:
    found = list(dict.fromkeys(texts))
    return "; ".join(found) if found else None
