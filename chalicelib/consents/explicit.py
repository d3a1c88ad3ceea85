"""Explicit consent (GDPR art. 9(2)(a)): it is said by itself, and recorded as what it is. Pure.

A purpose that uses special categories of data with explicit consent is granted only by a statement
of its own, beside words that name that data. The sender of the decision says so in `explicit`; no
button for several purposes at once can say it, and a banner has none but such.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from chalicelib.consents.model import Choice
from chalicelib.errors import Finding
from chalicelib.notices.model import Form, Notice

MEMBER: Final = "explicit"
"""The member of a body, and of an entry, that lists the purposes of such statements."""

BANNER: Final = "banner"
"""The source of decisions that buttons for several purposes make."""

_ALONE: Final = (
    "needs explicit consent (GDPR art. 9(2)(a)): ask for it by itself, with words of its own, and"
    " name the purpose in explicit"
)
_NOT_HERE: Final = "needs explicit consent (GDPR art. 9(2)(a)), which a banner cannot ask for"
_NEEDED: Final = "is required: the form asks for data that is used only with explicit consent"


def purposes(notice: Notice) -> list[str]:
    """Lists the purposes that need explicit consent for some of their data."""
    return sorted(one.id for one in notice.purposes.values() if one.explicit)


def findings(notice: Notice, body: object) -> Iterator[Finding]:
    """Yields the grants in any JSON body that are not said explicitly, and what only seems to be.

    `body` has `decisions`, and `explicit` and `source` if it has them; members of another shape
    are left to the schema.
    """
    given = body if isinstance(body, dict) else {}
    granted, stated = _granted(given), _listed(given)
    for name in purposes(notice):
        if name not in granted:
            continue
        if given.get("source") == BANNER:
            yield Finding(f"/decisions/{name}", _NOT_HERE)
        elif name not in stated:
            yield Finding(f"/decisions/{name}", _ALONE)
    for index, name in enumerate(stated):
        if isinstance(name, str) and name not in granted:
            yield Finding(f"/{MEMBER}/{index}", "is not granted in decisions; remove it")


def of_form(notice: Notice, form: Form, body: object) -> Iterator[Finding]:
    """Yields the consent that a form's own purpose needs for the data that was given in it."""
    given = body if isinstance(body, dict) else {}
    needed = notice.purposes[form.purpose].explicit
    profile = given.get("profile")
    filled = {*profile} if isinstance(profile, dict) else set[Any]()
    filled |= {one.category for one in (form.address,) if one is not None}
    if filled & needed and form.purpose not in _granted(given):
        yield Finding(f"/decisions/{form.purpose}", _NEEDED, "consent_needed")


def recorded(
    choices: Mapping[str, Choice], notice: Notice, elsewhere: Collection[str] = ()
) -> dict[str, Any]:
    """Returns what an entry keeps of explicit consents among choices; empty where there are none.

    `elsewhere` are purposes whose decision was taken over: nothing was said of them by this act.
    """
    said = [
        name
        for name in purposes(notice)
        if choices.get(name) is Choice.GRANTED and name not in elsewhere
    ]
    return {MEMBER: said} if said else {}


def _granted(body: Mapping[str, Any]) -> set[str]:
    decisions = body.get("decisions")
    if not isinstance(decisions, dict):
        return set()
    return {name for name, choice in decisions.items() if choice == Choice.GRANTED}


def _listed(body: Mapping[str, Any]) -> list[Any]:
    stated = body.get(MEMBER)
    return stated if isinstance(stated, list) else []
