"""What must be no, reckoned from acts and acknowledgements alone, however they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.consents.model import Choice
from chalicelib.notices.model import LegalBasis, Notice
from tests.unit.consents.lives import ACCOUNTS, Outcome, Pair

DELIBERATE = {"preference_centre", "preferences"}
"""Where a choice about one purpose goes before the signal of the same act."""

WITHOUT_PROOF = {LegalBasis.LEGITIMATE_INTEREST, LegalBasis.LEGAL_OBLIGATION}


def _pairs() -> set[Pair]:
    return set()


def _people() -> set[str]:
    return set()


@dataclass
class Witness:
    """Remembers what people were told: nobody may be told no and then find a yes."""

    refused: set[Pair] = field(default_factory=_pairs)
    granted: set[Pair] = field(default_factory=_pairs)
    """About what somebody may have said yes since they last refused."""
    chosen: set[Pair] = field(default_factory=_pairs)
    """About what somebody may have chosen themselves, not by a browser that joined."""
    offered: set[Pair] = field(default_factory=_pairs)
    """What of a browser's an account was offered that signed in there: nobody else is."""
    signal: set[str] = field(default_factory=_people)
    since_signal: set[Pair] = field(default_factory=_pairs)
    """What may have been granted by a choice of the person's own since the signal."""
    unproven: set[str] = field(default_factory=lambda: set(ACCOUNTS))
    disowned: set[str] = field(default_factory=_people)
    stopped: set[str] = field(default_factory=_people)
    bounced: set[str] = field(default_factory=_people)
    gone: set[str] = field(default_factory=_people)
    perhaps: set[str] = field(default_factory=_people)
    """Who may be stopped or suppressed, though nobody was told so."""

    def sees_capture(
        self,
        subject: str,
        choices: Mapping[str, Choice],
        source: str,
        gpc: bool,
        outcome: Outcome,
        notice: Notice,
    ) -> None:
        """A decision, with the precedence of docs/decisions/0030-signals.md in words of its own."""
        denied = {one for one in notice.choices if gpc and "gpc" in notice.purposes[one].signals}
        if gpc:
            self.signal.add(subject)
        own = {
            one: said
            for one, said in choices.items()
            if one not in denied or said is Choice.DENIED or source in DELIBERATE
        }
        self.sees_own(subject, own, outcome)
        if outcome is Outcome.DONE:
            for purpose in denied - own.keys():
                if (subject, purpose) not in self.since_signal:
                    self._must_be_no((subject, purpose))

    def sees_own(self, subject: str, choices: Mapping[str, Choice], outcome: Outcome) -> None:
        """Choices of the person's own."""
        for purpose, said in choices.items():
            pair = subject, purpose
            self.chosen.add(pair)
            if said is Choice.GRANTED:
                self.refused.discard(pair)
                self.granted.add(pair)
                if subject in self.signal:
                    self.since_signal.add(pair)
            elif outcome is Outcome.DONE:
                self._must_be_no(pair)

    def sees_join(self, subject: str, browser: str, outcome: Outcome, notice: Notice) -> None:
        """Its refusals fill what nobody chose, its yes only what cookies are for."""
        for purpose in notice.choices:
            theirs, ours = (browser, purpose), (subject, purpose)
            for_cookies = {one["purpose"] for one in notice.document["cookies"]["classes"]}
            browsers = purpose in for_cookies and not notice.purposes[purpose].channels
            if browsers and theirs in self.granted and ours not in self.refused:
                self.granted.add(ours)
            refuses = theirs in self.refused - self.offered
            if refuses and ours not in self.chosen and outcome is Outcome.DONE:
                self._must_be_no(ours)
        if outcome is not Outcome.REFUSED:
            self.offered |= {pair for pair in self.refused if pair[0] == browser}

    def sees_stop(self, subject: str, stopped: set[str], outcome: Outcome) -> None:
        """Somebody belongs to the `stopped` of a sort from now on, or may belong to them."""
        if outcome is Outcome.DONE:
            stopped.add(subject)
        elif outcome is Outcome.UNKNOWN:
            self.perhaps.add(subject)

    def sees_version(self, before: Notice, after: Notice) -> None:
        """What rests on consent only now needs a yes of its own, whatever was said before."""
        anew = after.choices.keys() - before.choices.keys()
        self.granted -= {pair for pair in self.granted if pair[1] in anew}

    def forgets(self, browser: str) -> None:
        """Who comes again as a browser that was erased is somebody new."""
        self.signal.discard(browser)
        for pairs in (self.refused, self.granted, self.chosen, self.since_signal, self.offered):
            pairs -= {pair for pair in pairs if pair[0] == browser}

    def checks_yes(self, pair: Pair, notice: Notice) -> None:
        """Nothing that it remembers forbids this yes."""
        subject, name = pair
        purpose = notice.purposes[name]
        assert pair not in self.refused, f"refused: {pair}"
        assert subject not in self.disowned, "disowned"
        assert subject not in self.gone, "erased"
        assert subject not in self.stopped or purpose.basis is LegalBasis.LEGAL_OBLIGATION
        assert subject not in self.unproven or purpose.basis in WITHOUT_PROOF, "not verified"
        assert subject not in self.bounced or "email" not in purpose.channels, "suppressed"
        assert pair in self.granted or not purpose.needs_consent, "never granted"

    def checks_mail(self, pair: Pair) -> None:
        """Nor this mail of our own, which its person may have asked for."""
        assert pair not in self.refused, "a mail to who refused"
        assert pair[0] not in self.disowned | self.gone, "a mail to nobody"

    def reached(self, subject: str) -> bool:
        """Whether nothing but decisions can stand against a yes of somebody's."""
        out = self.unproven | self.disowned | self.stopped | self.bounced | self.gone | self.perhaps
        return subject not in out

    def _must_be_no(self, pair: Pair) -> None:
        if pair not in self.refused:
            self.offered.discard(pair)
        self.refused.add(pair)
        self.granted.discard(pair)
        self.since_signal.discard(pair)
