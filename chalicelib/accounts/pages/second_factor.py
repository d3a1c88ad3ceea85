"""The page of the second factor, in its four states: off, offered, just switched on, on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.accounts.contract.second_factor_pages import (
    ACT,
    CONFIRM,
    OFFER,
    REMOVE,
    RENEW,
    SECOND_FACTOR,
    SECRET,
)
from chalicelib.accounts.second_factor import RECOVERY_CODES
from chalicelib.pages.page import render
from chalicelib.pages.qr import qr_code
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit

if TYPE_CHECKING:
    from chalicelib.accounts.service.enrolment import Offered
    from chalicelib.accounts.service.second_factor import Stands

_FEW = 2
"""The number of recovery codes from which the page advises to make new ones."""

_GROUP = 4
"""Characters of the secret that stand together, for a person who types it."""


def off_page(visit: Visit) -> str:
    """Returns the page that says what a second factor is, and begins to set it up."""
    said = words("second_factor", visit.language)
    labels = {"current_password": said["password"]}
    return _page(visit, "second_factor_off", said["title"], labels, act=OFFER)


def offered_page(visit: Visit, offered: Offered) -> str:
    """Returns the page with the secret, as QR code and text, and the field for a code of it."""
    said = words("second_factor", visit.language)
    secret = offered.secret
    groups = (secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))
    return _page(
        visit,
        "second_factor_offered",
        said["offered_title"],
        {"code": said["code"]},
        drawn=qr_code(offered.uri),
        uri=offered.uri,
        secret=" ".join(groups),
        hidden={ACT: CONFIRM, SECRET: secret},
    )


def codes_page(visit: Visit, codes: Sequence[str], *, renewed: bool) -> str:
    """Returns the page with the recovery codes, which no other page shows."""
    said = words("second_factor", visit.language)
    return _page(
        visit,
        "second_factor_codes",
        said["codes_title"],
        {},
        codes="\n".join(codes),
        rows=len(codes),
        told=said["renewed" if renewed else "switched_on"],
    )


def on_page(visit: Visit, stands: Stands, *, bound: bool) -> str:
    """Returns the page of a second factor that is on; `bound` where a role at the desk needs it."""
    said = words("second_factor", visit.language)
    labels = {"current_password": said["password"], "code": said["code"]}
    return _page(
        visit,
        "second_factor_on",
        said["title"],
        labels,
        since=stands.since.astimezone(visit.notice.zone).date(),
        left=said["left_of"].format(count=stands.recovery, all=RECOVERY_CODES),
        few=stands.recovery <= _FEW,
        bound=bound,
        renew=RENEW,
        remove=REMOVE,
    )


def _page(visit: Visit, template: str, title: str, labels: dict[str, str], **values: Any) -> str:
    return render(
        f"accounts/templates/{template}.html.j2",
        visit.frame,
        title,
        words=words("second_factor", visit.language),
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        path=SECOND_FACTOR,
        name=ACT,
        **values,
    )
