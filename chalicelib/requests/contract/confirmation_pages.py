"""The pages behind the mails about a request of a person without an account, and their forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.paths import CONFIRM, DOWNLOAD, FOLLOW
from chalicelib.web.contract import Json
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.schemas import LINK_TOKEN, closed

RESEND: Final = "resend"
"""The field by which the form asks for the mail once more."""

_CODE: Final = re.compile(r"[0-9]{8}\Z")


def code_of(fields: Mapping[str, str]) -> str:
    """Returns the code that was typed, without the spaces that people write in it."""
    return "".join(fields.get("code", "").split())


def _unfit(_notice: Notice, fields: Json, _now: datetime) -> tuple[Finding, ...]:
    given = fields if isinstance(fields, dict) else {}
    if "token" in given or RESEND in given:
        return ()
    typed = given.get("code")
    if not isinstance(typed, str):
        return (Finding("/code", "is required", "required"),)
    if not _CODE.match(code_of({"code": typed})):
        return (Finding("/code", "has eight digits", "format"),)
    return ()


CONFIRM_PAGE = PageOperation(
    id="showRequestConfirmation",
    method="GET",
    path=CONFIRM,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"sent", "resent", "before", "account", "sign_in"}),
)

CONFIRM_FORM = PageOperation(
    id="proveRequestByForm",
    method="POST",
    path=CONFIRM,
    body=closed(
        [],
        token=LINK_TOKEN,
        code={"type": "string", "maxLength": 40},
        **{RESEND: {"const": "yes"}},
    ),
    check=_unfit,
)

DOWNLOAD_PAGE = PageOperation(
    id="showExport",
    method="GET",
    path=DOWNLOAD,
    query={"token": LINK_TOKEN},
    token=True,
)

DOWNLOAD_FORM = PageOperation(
    id="issueExportByForm",
    method="POST",
    path=DOWNLOAD,
    body=closed(["token"], token=LINK_TOKEN),
    token=True,
)

FOLLOW_PAGE = PageOperation(
    id="showRequestKey",
    method="GET",
    path=FOLLOW,
    done=frozenset({"over", "left"}),
)

FOLLOW_FORM = PageOperation(
    id="openRequestByKey",
    method="POST",
    path=FOLLOW,
    body=closed(["key"], key={"type": "string", "maxLength": 200}),
)
