"""The decision point: tells whether a person's data may be used for something, and why. Pure.

It combines the notice in force with the person's standing. Everything without a yes is forbidden; a
person's refusal outlives later versions of the notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.catalogue.model import ERASE
from chalicelib.decisions.coverage import Uncovered, ends_at, uncovered
from chalicelib.decisions.restriction import Restriction, Use, covers
from chalicelib.errors import Conflict
from chalicelib.notices.model import OPPOSABLE, LegalBasis, Notice, Purpose, UndeclaredRetention
from chalicelib.subjects.model import Decided, Decision, Kind, Life, Origin, Standing, entry_id

EMAIL = "email"
"""The channel that bounces and complaints are about, as the notice names it."""


class Reason(StrEnum):
    """The reasons of an answer. `granted` stands alone, with a yes; all others mean no.

    A yes on another basis than consent has no reason: nothing stands against it.
    """

    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NOT_ASKED = "not_asked"
    ASK_AGAIN = "ask_again"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    """The person has this use restricted (GDPR art. 18), whatever they decided or will decide."""
    DISOWNED = "disowned"
    """The owner of the address did not open the account."""
    DEACTIVATED = "deactivated"
    ERASED = "erased"
    """The subject is erased, being erased, or was never there: nothing is known of it."""
    SUPPRESSED = "suppressed"
    SIGNAL = "signal"
    """Beside `denied` or `withdrawn`: a browser's signal made the decision."""
    UNVERIFIED = "unverified"
    """The address is not proven yet: there is no contract and no consent of its owner, and no mail
    goes to it."""
    UNDECLARED = "undeclared"
    """The notice names no such data, recipient or channel for the purpose."""


_NOES = {
    Decision.DENIED: Reason.DENIED,
    Decision.WITHDRAWN: Reason.WITHDRAWN,
    Decision.OBJECTED: Reason.OBJECTED,
}
_STANDING, _LAST_DECISION = "standing", "last_decision"
"""The rule of a browser: its kind, and the event from which its time runs."""

_NEED_A_PERSON = frozenset({LegalBasis.CONSENT, LegalBasis.CONTRACT})
"""The legal bases that need a person whose address is proven."""

_GO_ON = frozenset({LegalBasis.LEGAL_OBLIGATION, LegalBasis.VITAL_INTERESTS})
"""The legal bases of a use that goes on while the person's account is stopped."""

Kinds = frozenset[LegalBasis]
"""The legal bases that cover the data of a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """A use of data: the purpose, the category, the recipient and the channel.

    `purpose` is one of the notice's. A part that is None stands for everything it may be.
    """

    subject: str
    purpose: str
    category: str | None = None
    recipient: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the legal basis, the reasons, and the ids of the entries that prove it."""

    basis: LegalBasis
    reasons: tuple[Reason, ...]
    evidence: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        """Tells whether the use is allowed: no reason stands against it."""
        return set(self.reasons) <= {Reason.GRANTED}


def permission(
    question: Question,
    standing: Standing | None,
    notice: Notice,
    now: datetime,
    use: Use = Use.PURPOSE,
) -> Answer:
    """Answers whether the notice and the person allow a use, with all reasons against it.

    `standing` is None for an unknown subject: a visitor that never decided, or an account that is
    gone. A use on another basis than consent is allowed until the person objects (GDPR art. 21). A
    refusal stands when a later notice rests the purpose on another basis. Of a purpose with several
    bases those count that cover the data asked about: where consent is among them it is needed, and
    a refusal of it leaves alone what rests on others (docs/decisions/0079). Restrictions
    count whatever was decided (art. 18(2)), and a standing whose restrictions were not read has
    everything restricted, so that no caller who forgets to read them says yes.
    """
    purpose = notice.purposes[question.purpose]
    kinds = purpose.kinds_for(_asked(question, purpose))
    decided = None if standing is None else _decided(standing, purpose.id)
    against = dict.fromkeys(
        (
            *_undeclared(question, purpose, notice),
            *_of_standing(question, purpose, kinds, standing),
            *_of_time(standing, notice, now),
            *_of_restriction(question, purpose, standing, now, use),
            *_of_decision(
                question, purpose, kinds, decided, notice, now, _is_browsers(question, standing)
            ),
        )
    )
    granted = (Reason.GRANTED,) if LegalBasis.CONSENT in kinds else ()
    evidence = () if decided is None else (entry_id(question.subject, decided.seq),)
    return Answer(_governing(purpose, kinds), tuple(against) or granted, evidence)


def may_write(
    standing: Standing,
    purpose: str,
    notice: Notice,
    now: datetime,
    *,
    asked_for: bool = False,
    use: Use = Use.PURPOSE,
) -> bool:
    """Tells whether this service may send a person a mail of its own for a purpose.

    A mail about an account also goes to a person who deactivated it, or they could not come back;
    one that they just `asked_for` also goes to an address where mail has stopped. `use` is that of
    the mail: one about security or requests goes out whatever is restricted.
    """
    if standing.suppressed and not asked_for:
        return False
    known = notice.purposes[purpose]
    channel = EMAIL if EMAIL in known.channels else None
    asked = Question(standing.subject, purpose, channel=channel)
    answer = permission(asked, standing, notice, now, use)
    passed = {Reason.GRANTED}
    if not known.needs_consent:
        passed |= {Reason.DEACTIVATED}
    if asked_for:
        passed |= {Reason.SUPPRESSED, Reason.UNVERIFIED}
    return set(answer.reasons) <= passed


def expired(decided: Decided, purpose: Purpose, notice: Notice, now: datetime) -> bool:
    """Tells whether a consent has reached the end that the notice sets: it counts as not given."""
    end = ends_at(decided, purpose, notice.widenings.get(purpose.id, ()))
    return end is not None and end <= now


def is_over(standing: Standing, notice: Notice, now: datetime) -> bool:
    """Tells whether the time of a browser is over: nothing is known of it, run or no run.

    That of one whose records are held is not. An account ends only after its warnings.
    """
    if standing.kind is not Kind.VISITOR or standing.held:
        return False
    try:
        rule = notice.rule(_STANDING, _LAST_DECISION)
    except UndeclaredRetention:
        return False
    return rule.then == ERASE and rule.ends(standing.last_activity_at) <= now


def is_about(decided: Decided, purpose: Purpose, kinds: Kinds) -> bool:
    """Tells whether a refusal is about the data of a question, of a purpose with several bases.

    One of consent is about the data that rests on it, and an objection about the data on a basis
    that is open to it. Where no data of the purpose rests on such a basis any more, it outlives
    the change, and stands for all.
    """
    if purpose.marketing or LegalBasis.CONSENT in kinds:
        return True
    if decided.decision is Decision.OBJECTED:
        return bool(kinds & OPPOSABLE) or not purpose.kinds & OPPOSABLE
    return LegalBasis.CONSENT not in purpose.kinds


def not_permitted(answer: Answer) -> Conflict:
    """Returns the problem for a use that is not allowed, with the codes in `reasons`."""
    reasons = [str(reason) for reason in answer.reasons]
    detail = f"This may not be done: {', '.join(reasons)}."
    return Conflict(detail, type="not-permitted", members={"reasons": reasons})


def _decided(standing: Standing, purpose: str) -> Decided | None:
    """Returns the decision on a purpose, except a visitor's yes that an account was offered.

    The person goes on in the account, and the browser with another token: nobody could withdraw
    the yes here.
    """
    decided = standing.decisions.get(purpose)
    if decided is None or decided.decision is not Decision.GRANTED:
        return decided
    handed_over = standing.kind is Kind.VISITOR and decided.seq <= standing.offered
    return None if handed_over else decided


def _asked(question: Question, purpose: Purpose) -> tuple[str, ...]:
    """Returns the categories of a question: the one that it names, or all of the purpose."""
    return purpose.categories if question.category is None else (question.category,)


def _governing(purpose: Purpose, kinds: Kinds) -> LegalBasis:
    """Returns the basis by which a question is answered: consent, or else the first that applies.

    It is the purpose's own for data that the purpose does not use.
    """
    if not kinds or purpose.basis in kinds:
        return purpose.basis
    return next(one.kind for one in purpose.bases if one.kind in kinds)


def _undeclared(question: Question, purpose: Purpose, notice: Notice) -> Iterator[Reason]:
    named = (
        (question.category, purpose.categories),
        (question.recipient, purpose.recipients),
        (question.channel, purpose.channels),
    )
    if any(one is not None and one not in declared for one, declared in named):
        yield Reason.UNDECLARED
    elif question.recipient is not None:
        items = notice.recipients[question.recipient].items_for(purpose.id)
        asked = _asked(question, purpose)
        if items is not None and not any(item.category in asked for item in items):
            yield Reason.UNDECLARED


def _of_standing(
    question: Question, purpose: Purpose, kinds: Kinds, standing: Standing | None
) -> Iterator[Reason]:
    if standing is None:
        yield Reason.ERASED
        return
    if standing.erasing:
        yield Reason.ERASED
    if standing.disowned:
        yield Reason.DISOWNED
    if standing.life is Life.DEACTIVATED and not kinds & _GO_ON:
        yield Reason.DEACTIVATED
    if standing.waits and (purpose.channels or kinds & _NEED_A_PERSON):
        yield Reason.UNVERIFIED
    if standing.kind is Kind.VISITOR and _on_contract(purpose, kinds):
        yield Reason.UNVERIFIED
    if standing.suppressed and EMAIL in purpose.channels and question.channel in (None, EMAIL):
        yield Reason.SUPPRESSED


def _on_contract(purpose: Purpose, kinds: Kinds) -> bool:
    """Tells whether a use rests on a contract alone, or with explicit consent beside it."""
    return purpose.basis is LegalBasis.CONTRACT and kinds <= _NEED_A_PERSON


def _of_time(standing: Standing | None, notice: Notice, now: datetime) -> Iterator[Reason]:
    if standing is not None and is_over(standing, notice, now):
        yield Reason.ERASED


def _of_restriction(
    question: Question, purpose: Purpose, standing: Standing | None, now: datetime, use: Use
) -> Iterator[Reason]:
    if standing is None or not standing.restricted:
        return
    asked = _asked(question, purpose)
    unread = (Restriction("", None, now, everything=True),)
    # One that is stored has begun, whatever the clock says of the function that asks.
    known = (replace(one, since=min(one.since, now)) for one in standing.restrictions or ())
    stand = unread if standing.restrictions is None else known
    mark = purpose.when_restricted
    if covers(stand, purpose.id, asked, now, when_restricted=mark, use=use):
        yield Reason.RESTRICTED


def _of_decision(
    question: Question,
    purpose: Purpose,
    kinds: Kinds,
    decided: Decided | None,
    notice: Notice,
    now: datetime,
    browser: bool,
) -> Iterator[Reason]:
    needs_consent = LegalBasis.CONSENT in kinds
    if decided is None:
        if needs_consent:
            yield Reason.NOT_ASKED
    elif decided.decision in _NOES:
        if not is_about(decided, purpose, kinds):
            return
        yield _NOES[decided.decision]
        if decided.origin is Origin.SIGNAL:
            yield Reason.SIGNAL
    elif needs_consent:
        if expired(decided, purpose, notice, now):
            yield Reason.EXPIRED
        lacking = uncovered(decided, notice.widenings.get(purpose.id, ()), browser=browser)
        if lacking is not None and _concerns(lacking, question):
            yield Reason.ASK_AGAIN


def _is_browsers(question: Question, standing: Standing | None) -> bool:
    """Tells whether a question can only be about the channels of a browser."""
    return question.channel is None and standing is not None and standing.kind is Kind.VISITOR


def _concerns(lacking: Uncovered, question: Question) -> bool:
    """Tells whether the parts that a consent does not cover are, or may be, part of a question.

    Questions name no cookie, so a cookie that is not covered may be part of any question.
    """
    if lacking.whole or lacking.cookies or lacking.cookie_classes:
        return True
    parts = (
        (question.category, lacking.categories),
        (question.recipient, lacking.recipients),
        (question.channel, lacking.channels),
    )
    return any(added and (one is None or one in added) for one, added in parts)
