"""The findings of a form of a page that stands beside an operation of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Json, Operation
from chalicelib.web.validation import findings


def as_operation(
    operation: Operation, body: Json, notice: Notice, now: datetime
) -> tuple[Finding, ...]:
    """Finds what the operation beside a form finds in the same body."""
    described = operation.body
    if callable(described):
        found = findings(described(notice), body)
    else:
        found = findings(described or {}, body)
    told = {one.pointer for one in found}
    more = () if operation.check is None else operation.check(notice, body, now)
    return (*found, *(one for one in more if one.pointer not in told))


def texts(fields: Json) -> Mapping[str, str]:
    """Returns the fields of a form, which are texts."""
    given = fields if isinstance(fields, dict) else {}
    return {name: value for name, value in given.items() if isinstance(value, str)}
