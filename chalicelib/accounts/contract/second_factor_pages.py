"""The page of the second factor: setting it up, its recovery codes, and removing it."""

from datetime import datetime
from typing import Final

from chalicelib.accounts.contract.shared import FACTOR_CODE, GIVEN_PASSWORD
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Json
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed

SECOND_FACTOR: Final = "/account/second-factor"

ACT: Final = "act"
OFFER, CONFIRM, RENEW, REMOVE = "offer", "confirm", "renew", "remove"
"""The field of the button that was pressed, and its values."""

SECRET: Final = "secret"
"""The unseen field that holds the secret of which the page showed the QR code."""

_NEEDED = {
    OFFER: ("current_password",),
    CONFIRM: ("code", SECRET),
    RENEW: ("current_password", "code"),
    REMOVE: ("current_password", "code"),
}


def _missing(_notice: Notice, fields: Json, _now: datetime) -> tuple[Finding, ...]:
    """Finds the fields that the button which was pressed needs, and that were left empty."""
    given = fields if isinstance(fields, dict) else {}
    needed = _NEEDED.get(str(given.get(ACT)), ())
    return tuple(
        Finding(f"/{name}", "is required", "required") for name in needed if name not in given
    )


SECOND_FACTOR_PAGE = PageOperation(
    id="showSecondFactor",
    method="GET",
    path=SECOND_FACTOR,
    session=Session.REQUIRED,
    done=frozenset({"removed", "desk"}),
    tab="security",
)

# It carries no value for being sent once: the answer to such a form is kept for a day, and would
# show a secret or recovery codes again to a person who loads the page again.
SECOND_FACTOR_FORM = PageOperation(
    id="changeSecondFactorByForm",
    method="POST",
    path=SECOND_FACTOR,
    session=Session.REQUIRED,
    body=closed(
        [ACT],
        act={"enum": [OFFER, CONFIRM, RENEW, REMOVE]},
        current_password=GIVEN_PASSWORD,
        code=FACTOR_CODE,
        secret={"type": "string", "pattern": "^[A-Z2-7]{32}$", "maxLength": 32},
    ),
    check=_missing,
    tab="security",
)
