"""The pages of registering, of proving an address, and of what else the mails about it ask."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.accounts import age
from chalicelib.accounts.contract.beside import as_operation, texts
from chalicelib.accounts.contract.registration import REGISTER, VERIFY
from chalicelib.accounts.model import address_findings
from chalicelib.accounts.paths import (
    DISAVOWAL,
    REGISTRATION,
    VERIFICATION,
    VERIFICATION_AGAIN,
    WARNING,
)
from chalicelib.accounts.service.forms import FORM
from chalicelib.consents import explicit
from chalicelib.consents.model import Choice
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Json, Schema
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.schemas import EMAIL, LINK_TOKEN, closed

PROFILE: Final = "profile"
DECISIONS: Final = "decisions"
"""The first steps of the names of fields: `profile.CATEGORY.FIELD` and `decisions.PURPOSE`."""

_TEXT: Schema = {"type": "string"}


def registration(fields: Mapping[str, str], notice: Notice) -> dict[str, Any]:
    """Returns the body of the operation `registerAccount` that the fields of the form stand for.

    The page asks for each consent by a question of its own, with the words that name the data: so a
    yes to a purpose that needs explicit consent is one (GDPR art. 9(2)(a)).
    """
    body: dict[str, Any] = {DECISIONS: {}}
    for name, value in fields.items():
        first, *rest = name.split(".")
        if first == PROFILE and len(rest) == 2:
            body.setdefault(PROFILE, {}).setdefault(rest[0], {})[rest[1]] = value
        elif first == DECISIONS and len(rest) == 1:
            body[DECISIONS][rest[0]] = value
        elif first == age.MEMBER:
            body[first] = value == "yes"
        elif not rest and first not in (PROFILE, DECISIONS):
            body[first] = value
    granted = [one for one, choice in body[DECISIONS].items() if choice == Choice.GRANTED]
    stated = [one for one in explicit.purposes(notice) if one in granted]
    return {**body, explicit.MEMBER: stated} if stated else body


def proof(fields: Mapping[str, str]) -> dict[str, Any]:
    """Returns the body of the operation `verifyAccount` that the fields of the form stand for.

    A code is read without the spaces that people write in it. The button for the address alone
    sends no password, whatever stands in the field.
    """
    body = {name: fields[name] for name in ("token", "email", "code") if name in fields}
    if "code" in body:
        body["code"] = "".join(body["code"].split())
    if "alone" not in fields and "password" in fields:
        body["password"] = fields["password"]
    return body


def _registration_fields(notice: Notice) -> Schema:
    """The fields of the form, by name; `_unfit_registration` finds what is wrong with them."""
    form = notice.forms[FORM]
    refs = form.required | form.optional
    names = [
        *("email", "password", "locale", "notice_version"),
        *age.confirmation(notice),
        *(f"{PROFILE}.{ref.category}.{ref.field}" for ref in sorted(refs) if ref != form.address),
        *(f"{DECISIONS}.{purpose}" for purpose in notice.choices),
    ]
    return closed([], **dict.fromkeys(names, _TEXT))


def _unfit_registration(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    found = as_operation(REGISTER, registration(texts(fields), notice), notice, now)
    return tuple(_of_a_box(one) if one.pointer == f"/{age.MEMBER}" else one for one in found)


def _of_a_box(finding: Finding) -> Finding:
    """Returns the finding of a confirmation as that of the box that was not ticked."""
    return replace(finding, reason="unticked")


def _unfit_proof(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    given = texts(fields)
    needed = [] if "token" in given else ["email", "code"]
    needed += [] if "alone" in given else ["password"]
    missing = [Finding(f"/{one}", "is required", "required") for one in needed if one not in given]
    if "token" not in given and not {"email", "code"} <= given.keys():
        return tuple(missing)
    return (*missing, *as_operation(VERIFY, proof(given), notice, now))


REGISTER_PAGE = PageOperation(
    id="showRegistration", method="GET", path=REGISTRATION, opens_accounts=True
)

REGISTER_FORM = PageOperation(
    id="registerByForm",
    method="POST",
    path=REGISTRATION,
    body=_registration_fields,
    check=_unfit_registration,
    once=True,
    opens_accounts=True,
)

VERIFICATION_PAGE = PageOperation(
    id="showVerification",
    method="GET",
    path=VERIFICATION,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"sent", "resent", "proven", "before"}),
)

VERIFICATION_FORM = PageOperation(
    id="verifyByForm",
    method="POST",
    path=VERIFICATION,
    body=closed(
        [],
        token=LINK_TOKEN,
        email=EMAIL,
        code={"type": "string", "maxLength": 40},
        password=_TEXT,
        alone={"const": "yes"},
    ),
    check=_unfit_proof,
    once=True,
)

RESEND_PAGE = PageOperation(id="showResend", method="GET", path=VERIFICATION_AGAIN)

RESEND_FORM = PageOperation(
    id="resendByForm",
    method="POST",
    path=VERIFICATION_AGAIN,
    body=closed(["email"], email=EMAIL),
    check=lambda _, fields, _now: address_findings(fields),
    once=True,
)

DISAVOWAL_PAGE = PageOperation(
    id="showDisavowal",
    method="GET",
    path=DISAVOWAL,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"disowned", "asked", "before"}),
)

DISAVOWAL_FORM = PageOperation(
    id="disavowByForm",
    method="POST",
    path=DISAVOWAL,
    body=closed(["token"], token=LINK_TOKEN),
    once=True,
)

KEEP_PAGE = PageOperation(
    id="showKeep",
    method="GET",
    path=WARNING,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"kept", "before"}),
)

KEEP_FORM = PageOperation(
    id="keepByForm", method="POST", path=WARNING, body=closed(["token"], token=LINK_TOKEN)
)
