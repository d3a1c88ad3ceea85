"""The choices in the form of the page `/account/choices`: pure.

Only what a person changed is a decision. A purpose that the page showed with a yes, and that comes
back with a yes, was not agreed to once more: had it been refused elsewhere in between, a form that
is sent for another purpose would give the consent again. For the same reason a yes counts only if
nothing was decided about its purpose since the page was shown: a form that is sent again long after
gives nothing back that was refused meanwhile. A no always counts, unless it stands.
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

SEEN: Final = "seen"
"""The field of the number of the account's newest entry when the page was shown."""

EVENT: Final = "event"
"""The field of the page's random value: a form that is sent twice at once makes one entry."""

ALL: Final = "all"
"""The name of the button that refuses everything."""

_EVENT: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")
_SEEN: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The decisions of a form: what it refuses, what it agrees to, and what is wrong with it.

    `noes` leaves out what is refused already, `yeses` what the page showed with a yes, and what was
    decided since. `event` is the form's own id, None where it has none. `decided` has the numbers
    of the entries that decided before, by purpose. `repeated` tells that a decision of the form
    stands since the page was shown: the form was sent before.
    """

    noes: frozenset[str]
    yeses: frozenset[str]
    findings: tuple[Finding, ...]
    event: str | None
    decided: Mapping[str, int]
    repeated: bool

    @property
    def choices(self) -> dict[str, Choice]:
        """All decisions by purpose."""
        return self.refusals | dict.fromkeys(sorted(self.yeses), Choice.GRANTED)

    @property
    def refusals(self) -> dict[str, Choice]:
        """The refusals alone."""
        return dict.fromkeys(sorted(self.noes), Choice.DENIED)

    def event_id(self, choices: Mapping[str, Choice]) -> str | None:
        """Returns the id of the act of recording these choices after what was decided before.

        Two presses at once have the same; a form that is sent again after a later decision has
        another, so that no refusal in it is taken for a repetition.
        """
        if self.event is None:
            return None
        after = sorted((one, self.decided.get(one, 0)) for one in choices)
        said = json.dumps([self.event, sorted(choices.items()), after])
        return hashlib.sha256(said.encode()).hexdigest()


def chosen(fields: Mapping[str, str], standing: Standing, notice: Notice) -> Chosen:
    """Reads the fields of a form; the button that refuses everything goes before all of them."""
    found, number = fields.get(EVENT, ""), fields.get(SEEN, "")
    event = found if _EVENT.fullmatch(found) else None
    seen = int(number) if _SEEN.fullmatch(number) else 0
    decided = {purpose: one.seq for purpose, one in standing.decisions.items()}
    since = frozenset(purpose for purpose, seq in decided.items() if seq > seen)
    if ALL in fields:
        every = notice.choices.keys() | {one for one in decided if not _is_no(one, standing)}
        own = frozenset(one for one in every if _is_own_no(one, standing))
        noes = frozenset(every) - own
        return Chosen(noes, frozenset(), (), event, decided, bool(own & since))
    said = {
        name.removeprefix(f"{DECISIONS}."): value
        for name, value in fields.items()
        if name.startswith(f"{DECISIONS}.")
    }
    known = notice.choices.keys() | decided.keys()
    denied = frozenset(one for one in _said(said, Choice.DENIED) if one in known)
    refused = frozenset(one for one in denied if _is_no(one, standing))
    shown = fields.get(STOOD, "").split()
    granted = frozenset(
        one for one in _said(said, Choice.GRANTED) if one in notice.choices and one not in shown
    )
    yeses = granted - since
    findings = list(_findings(fields, said, known, notice))
    if yeses and fields.get(VERSION) != notice.version:
        detail = "is not the version in force"
        findings.append(Finding(f"/{VERSION}", detail, "notice_changed"))
    agreed = frozenset(one for one in granted & since if not _is_no(one, standing))
    repeated = bool(agreed or refused & since)
    return Chosen(denied - refused, yeses, tuple(findings), event, decided, repeated)


def _said(said: Mapping[str, str], choice: Choice) -> Iterator[str]:
    return (purpose for purpose, value in said.items() if value == choice)


def _findings(
    fields: Mapping[str, str], said: Mapping[str, str], known: Iterable[str], notice: Notice
) -> Iterator[Finding]:
    others = [one for one in fields if not one.startswith(f"{DECISIONS}.")]
    if set(others) - {EVENT, SEEN, STOOD, VERSION} or said.keys() - known:
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
