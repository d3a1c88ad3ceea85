"""The choices in the form of the page `/account/choices`: pure.

Only what a person changed is a decision. A purpose that the page showed with a yes, and that comes
back with a yes, was not agreed to once more: had it been refused elsewhere in between, a form that
is sent for another purpose would give the consent again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.consents.model import Choice
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decision, Origin, Standing

SOURCE: Final = "preferences"
"""The source, in the ledger, of decisions made in the account."""

DECISIONS: Final = "decisions"
"""The first step of the name of a purpose's field: `decisions.PURPOSE`."""

VERSION: Final = "notice_version"
"""The field of the version whose words the page showed."""

STOOD: Final = "stood"
"""The field of the purposes that the page showed with a yes, with spaces between them."""

EVENT: Final = "event"
"""The field of the page's random value: a form that is sent twice makes one entry."""

ALL: Final = "all"
"""The name of the button that refuses everything."""

_EVENT: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The decisions of a form: what it refuses, what it agrees to, and what is wrong with it.

    `noes` leaves out what is refused already, `yeses` what the page showed with a yes. `event` is
    the form's own id, None where it has none.
    """

    noes: frozenset[str]
    yeses: frozenset[str]
    findings: tuple[Finding, ...]
    event: str | None

    @property
    def choices(self) -> dict[str, Choice]:
        """All decisions by purpose."""
        return self.refusals | dict.fromkeys(sorted(self.yeses), Choice.GRANTED)

    @property
    def refusals(self) -> dict[str, Choice]:
        """The refusals alone."""
        return dict.fromkeys(sorted(self.noes), Choice.DENIED)

    def event_id(self, choices: Mapping[str, Choice]) -> str | None:
        """Returns the id of the act of recording these choices; the same for the same form."""
        if self.event is None:
            return None
        said = json.dumps([self.event, sorted(choices.items())])
        return hashlib.sha256(said.encode()).hexdigest()


def chosen(fields: Mapping[str, str], standing: Standing, notice: Notice) -> Chosen:
    """Reads the fields of a form; the button that refuses everything goes before all of them."""
    found = fields.get(EVENT, "")
    event = found if _EVENT.fullmatch(found) else None
    if ALL in fields:
        noes = (one for one in notice.choices if not _is_own_no(one, standing))
        return Chosen(frozenset(noes), frozenset(), (), event)
    said = {
        name.removeprefix(f"{DECISIONS}."): value
        for name, value in fields.items()
        if name.startswith(f"{DECISIONS}.")
    }
    known = notice.choices.keys() | standing.decisions.keys()
    noes = (one for one in _said(said, Choice.DENIED) if one in known)
    shown = fields.get(STOOD, "").split()
    yeses = frozenset(
        one for one in _said(said, Choice.GRANTED) if one in notice.choices and one not in shown
    )
    findings = list(_findings(fields, said, known, notice))
    if yeses and fields.get(VERSION) != notice.version:
        detail = "is not the version in force"
        findings.append(Finding(f"/{VERSION}", detail, "notice_changed"))
    new = frozenset(one for one in noes if not _is_no(one, standing))
    return Chosen(new, yeses, tuple(findings), event)


def _said(said: Mapping[str, str], choice: Choice) -> Iterator[str]:
    return (purpose for purpose, value in said.items() if value == choice)


def _findings(
    fields: Mapping[str, str], said: Mapping[str, str], known: Iterable[str], notice: Notice
) -> Iterator[Finding]:
    others = [one for one in fields if not one.startswith(f"{DECISIONS}.")]
    if set(others) - {EVENT, STOOD, VERSION} or said.keys() - known:
        yield Finding("", "holds a field that is not known here", "unknown")
    for purpose, value in said.items():
        takes = {Choice.DENIED, Choice.GRANTED} if purpose in notice.choices else {Choice.DENIED}
        if purpose in known and value not in takes:
            yield Finding(f"/{DECISIONS}/{purpose}", "is neither yes nor no", "choice")


def _is_no(purpose: str, standing: Standing) -> bool:
    """Tells whether a purpose is refused already, so that the page showed it with a no."""
    decided = standing.decisions.get(purpose)
    refused = decided is not None and decided.decision is not Decision.GRANTED
    return refused and purpose not in standing.asks


def _is_own_no(purpose: str, standing: Standing) -> bool:
    """Tells the same of the person's own refusal: that of a browser's signal is not theirs."""
    return _is_no(purpose, standing) and standing.decisions[purpose].origin is Origin.OWN
