"""The grounds on which a request may be refused, by right, with their articles. Pure.

`ARTICLES` is the one table: a ground that it does not name for a right does not refuse it. It is
read from the GDPR (Regulation (EU) 2016/679) as follows.

- `not_identified` (art. 12(2), 12(6)) applies to every right: a stranger must not cause an act on
  another person's data.
- `unfounded_or_excessive` (art. 12(5)(b)) and `member_state_law` (art. 23, and for journalism,
  archives and research art. 85 and 89) apply to all rights of art. 15 to 22, which these articles
  name. A decision that law of the Union or of a Member State authorises is also an exception to
  art. 22 (art. 22(2)(b)).
- `others_data` applies to a copy (art. 15(4)) and to portability (art. 20(4)).
- Erasure has the exceptions of art. 17(3), a letter each: `expression` (a), `legal_obligation` (b),
  `public_health` (c), `archiving` (d), `claims` (e). Without one of the reasons of art. 17(1) there
  is `no_ground` to erase; where the purpose still needs the data they are `still_necessary` (art.
  17(1)(a)).
- An objection does not prevail over `compelling_grounds` or over `claims` (art. 21(1)), nor over
  research in the public interest (`archiving`, art. 21(6)). It does not apply to data that rests on
  a `legal_obligation`: art. 21(1) is about the bases of art. 6(1)(e) and (f).
- A restriction has no exception of its own. Claims, the rights of others and the public interest
  let data be used while it is restricted (art. 18(2)) and are no ground to refuse it. Without one
  of the reasons of art. 18(1) there is `no_ground`.
- Rectification is refused where the data is `accurate` (art. 16). Portability is `not_covered`
  where the data was not provided by the person, or rests on neither consent nor contract, or is not
  processed by automated means (art. 20(1), 20(3)). A review needs a decision by automated means
  alone: else there is `no_decision` (art. 22(1)).
- An objection to direct marketing is never weighed (art. 21(2), 21(3)), and neither are withdrawal
  (art. 7(3)), opting out and deactivation, which the notice itself offers: only the person has to
  be known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_ID: Final = re.compile("[a-z][a-z0-9_]{0,47}")
"""The form of the id of a right in a notice."""


class Right(StrEnum):
    """The rights that a person can ask for.

    A right of other law is one too, by its id in the notice, and none of the members: the software
    receives a request for it, keeps its time and tells of it, and a person carries it out.
    """

    COPY = "copy"
    """Access (GDPR art. 15)."""
    PORT = "port"
    """Portability (art. 20)."""
    RECTIFY = "rectify"
    """Rectification (art. 16)."""
    OBJECT = "object"
    """Objection (art. 21)."""
    ERASE = "erase"
    """Erasure (art. 17)."""
    RESTRICT = "restrict"
    """Restriction of processing (art. 18)."""
    WITHDRAW = "withdraw"
    """Withdrawal of consent (art. 7(3))."""
    REVIEW = "review"
    """Review by a human of a decision made by automated means (art. 22)."""
    DEACTIVATE = "deactivate"
    """Stopping the account without erasing it, as the notice offers."""
    OPT_OUT = "opt_out"
    """Opting out of a use, as the notice offers."""

    @classmethod
    def _missing_(cls, value: object) -> Right | None:
        """Returns a right of other law; None, which Enum answers by ValueError, for no id."""
        if not isinstance(value, str) or not _ID.fullmatch(value):
            return None
        found = str.__new__(cls, value)
        found._name_, found._value_ = value.upper(), value
        return found


class Ground(StrEnum):
    """The reason of a refusal."""

    NOT_IDENTIFIED = "not_identified"
    UNFOUNDED_OR_EXCESSIVE = "unfounded_or_excessive"
    OTHERS_DATA = "others_data"
    LEGAL_OBLIGATION = "legal_obligation"
    CLAIMS = "claims"
    EXPRESSION = "expression"
    PUBLIC_HEALTH = "public_health"
    ARCHIVING = "archiving"
    MEMBER_STATE_LAW = "member_state_law"
    COMPELLING_GROUNDS = "compelling_grounds"
    ACCURATE = "accurate"
    NO_GROUND = "no_ground"
    STILL_NECESSARY = "still_necessary"
    NOT_COVERED = "not_covered"
    NO_DECISION = "no_decision"


class GroundNotAllowed(Exception):
    """The law does not allow this ground against this right."""

    def __init__(self, right: Right, ground: Ground) -> None:
        self.right, self.ground = right, ground
        super().__init__(f"{ground} does not refuse {right}")


_EVERY: Final = {Ground.NOT_IDENTIFIED: "12(2), 12(6)"}
_GDPR: Final = {
    **_EVERY,
    Ground.UNFOUNDED_OR_EXCESSIVE: "12(5)(b)",
    Ground.MEMBER_STATE_LAW: "23",
}

ARTICLES: Final[Mapping[Right, Mapping[Ground, str]]] = MappingProxyType(
    {
        Right.COPY: {**_GDPR, Ground.OTHERS_DATA: "15(4)"},
        Right.PORT: {**_GDPR, Ground.OTHERS_DATA: "20(4)", Ground.NOT_COVERED: "20(1), 20(3)"},
        Right.RECTIFY: {**_GDPR, Ground.ACCURATE: "16"},
        Right.OBJECT: {
            **_GDPR,
            Ground.COMPELLING_GROUNDS: "21(1)",
            Ground.CLAIMS: "21(1)",
            Ground.LEGAL_OBLIGATION: "6(1)(c), 21(1)",
            Ground.ARCHIVING: "21(6)",
        },
        Right.ERASE: {
            **_GDPR,
            Ground.EXPRESSION: "17(3)(a)",
            Ground.LEGAL_OBLIGATION: "17(3)(b)",
            Ground.PUBLIC_HEALTH: "17(3)(c)",
            Ground.ARCHIVING: "17(3)(d)",
            Ground.CLAIMS: "17(3)(e)",
            Ground.NO_GROUND: "17(1)",
            Ground.STILL_NECESSARY: "17(1)(a)",
        },
        Right.RESTRICT: {**_GDPR, Ground.NO_GROUND: "18(1)"},
        Right.WITHDRAW: _EVERY,
        Right.REVIEW: {
            **_GDPR,
            Ground.MEMBER_STATE_LAW: "22(2)(b), 23",
            Ground.NO_DECISION: "22(1)",
        },
        Right.DEACTIVATE: _EVERY,
        Right.OPT_OUT: _EVERY,
    }
)
"""Right -> the grounds that refuse it -> the articles of the GDPR, such as `12(5)(b)`."""

OF_OTHER_LAW: Final[Mapping[Ground, str]] = MappingProxyType(
    {**_EVERY, Ground.UNFOUNDED_OR_EXCESSIVE: "", Ground.NO_GROUND: ""}
)
"""The grounds that refuse a right of other law; no article of the GDPR says so of most."""


def article(right: Right, ground: Ground, *, marketing: bool = False) -> str:
    """Returns the articles of the GDPR by which a ground refuses a right.

    `marketing` is True for an objection to direct marketing and to nothing else: then only
    `not_identified` refuses it (art. 21(3)). The part of an objection that is about marketing is
    never refused with the rest. Of a right of other law there may be no article: then it is "".
    Raises GroundNotAllowed.
    """
    unconditional = marketing and right is Right.OBJECT
    found = (_EVERY if unconditional else ARTICLES.get(right, OF_OTHER_LAW)).get(ground)
    if found is None:
        raise GroundNotAllowed(right, ground)
    return found
