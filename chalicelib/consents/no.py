"""The no in a request, whatever else is wrong with it: pure.

A no needs no words, no form and no key to count (GDPR art. 7(3), 21). This module finds the noes of
a body and their purposes; `web.salvage` decides when they count though the request is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from chalicelib.consents.desk import refusable
from chalicelib.consents.model import Choice
from chalicelib.consents.signals import SOURCE as SIGNAL
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decision, Origin, Standing
from chalicelib.web.loose_json import Repeated

_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([.][0-9]{1,3})?")

_LONGEST: Final = 128
"""Characters of a text that is read beside a no, such as an event's id."""

_STANDS: Final = {
    Choice.DENIED: frozenset({Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED}),
    Choice.OBJECTED: frozenset({Decision.OBJECTED}),
}
"""The decisions beside which the same refusal once more adds nothing."""


class Door(Enum):
    """The operation through which a body came, by the words that are a no there."""

    OWN = frozenset({Choice.DENIED})
    """Captures and preferences: a person's own act, or their browser's."""
    DESK = frozenset({Choice.DENIED, Choice.OBJECTED})
    """The desk: words that a person wrote or said to it."""


@dataclass(frozen=True, slots=True)
class No:
    """The no in a body: the refusals by purpose, and the words beside them as far as they are said.

    `asks` says that the request also wants something else, such as a yes, which is not granted.
    `signal` says that the browser sent `Sec-GPC: 1`.
    """

    choices: Mapping[str, Choice]
    signal: bool
    asks: bool
    version: str | None = None
    locale: str | None = None
    source: str | None = None
    event_id: str | None = None
    evidence: str | None = None


def no_in(body: object, door: Door, *, signal: bool = False, unread: bool = False) -> No:
    """The no in a JSON value that fits nothing; `unread` says that there is a body which is none.

    A purpose that is given twice, once with a no, is refused. A body that says no no, and does not
    just tell of the signal, asks for something else, though the browser says no with every request.
    """
    members = body if isinstance(body, dict) else {}
    said = [
        (purpose, value)
        for decisions in _values(members.get("decisions"))
        if isinstance(decisions, dict)
        for purpose, given in decisions.items()
        for value in _values(given)
    ]
    noes = {purpose: Choice(value) for purpose, value in said if _is_no(value, door)}
    source = _text(members, "source")
    otherwise = body is not None and not noes and source != SIGNAL
    version = _text(members, "notice_version")
    return No(
        choices=noes,
        signal=signal,
        asks=unread or otherwise or any(not _is_no(value, door) for _, value in said),
        version=version if version is not None and _VERSION.fullmatch(version) else None,
        locale=_text(members, "locale"),
        source=source,
        event_id=_text(members, "event_id"),
        evidence=_text(members, "evidence"),
    )


def about(
    choices: Mapping[str, Choice], notices: Iterable[Notice], standing: Standing | None
) -> dict[str, Choice]:
    """Returns the refusals among `choices` that are about a known purpose.

    A purpose is known if one of the notices (in force, or shown) rests it on consent, or if a
    decision about it stands.
    """
    known = {purpose for notice in notices for purpose in notice.choices}
    known |= set() if standing is None else standing.decisions.keys()
    return {purpose: choice for purpose, choice in choices.items() if purpose in known}


def about_at_desk(
    choices: Mapping[str, Choice], notice: Notice, standing: Standing
) -> dict[str, Choice]:
    """Returns the refusals that the desk may record, in the words that each purpose takes.

    A purpose that the notice gives no refusal for may be refused if a decision about it stands.
    """
    allowed, found = refusable(notice), dict[str, Choice]()
    for purpose, choice in choices.items():
        takes = allowed.get(purpose, ())
        if takes:
            found[purpose] = choice if choice in takes else takes[0]
        elif purpose in standing.decisions:
            found[purpose] = choice
    return found


def settled(choices: Mapping[str, Choice], standing: Standing | None) -> int | None:
    """The number of the entry by which all of this is refused already; None where it is not.

    A refusal by a signal does not count as the person's own.
    """
    stand = [None if standing is None else standing.decisions.get(one) for one in choices]
    numbers = [
        one.seq
        for one, choice in zip(stand, choices.values(), strict=True)
        if one is not None and one.origin is Origin.OWN and one.decision in _STANDS[choice]
    ]
    return max(numbers) if numbers and len(numbers) == len(choices) else None


def _is_no(value: object, door: Door) -> bool:
    return isinstance(value, str) and value in door.value


def _values(given: object) -> Iterable[Any]:
    return given if isinstance(given, Repeated) else [given]


def _text(members: Mapping[str, Any], name: str) -> str | None:
    given = members.get(name)
    return given if isinstance(given, str) and 0 < len(given) <= _LONGEST else None
