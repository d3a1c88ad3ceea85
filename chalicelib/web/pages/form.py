"""The fields of a form, checked against its contract, and the run of one that creates something."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from chalicelib.errors import BadRequest, Conflict
from chalicelib.web import idempotency
from chalicelib.web.answer import Answer
from chalicelib.web.call import check_body
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.pages.visit import Visit
from chalicelib.web.wiring import wired

ONCE: Final = "once"
"""The field of a form's random value, by which sending it twice creates one."""

PAUSE: Final = 0.25
"""Seconds between two looks for the answer of the same form that is still being handled."""

_LOOKS: Final = 20
_VALUE = re.compile(r"[A-Za-z0-9_-]{22,64}\Z")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that fits its contract, and the value by which it is run once."""

    body: Mapping[str, str]
    once: str | None = field(default=None, repr=False)


def read_form_fields(operation: PageOperation, fields: Mapping[str, str]) -> Form:
    """Returns the checked form. Raises BadRequest with all findings."""
    body = {name: value for name, value in fields.items() if name != ONCE}
    check_body(operation.form, body)
    if not operation.once:
        return Form(body)
    once = fields.get(ONCE, "")
    if not _VALUE.match(once):
        raise BadRequest("The form lacks its value for being sent once.", type="invalid-form")
    return Form(body, once)


def run_once(
    operation: PageOperation, visit: Visit, once: str, act: Callable[[], Answer]
) -> Answer:
    """Runs a form that creates something, or returns the answer to the same form sent before.

    A browser shows the answer to the last of two clicks. So while the first is being handled, this
    waits for its answer, for up to five seconds. A form that was changed and sent again is another
    one. Raises the Problems of `act`, and Conflict where the first takes longer.
    """
    call = visit.call
    payload = json.dumps([dict(call.path), dict(visit.body)], sort_keys=True)
    key = hashlib.sha256(f"{once}\n{payload}".encode("utf-8", "surrogatepass")).hexdigest()
    caller = idempotency.caller_of(operation.id, visit.session, None, call.source_ip)
    began = False

    def first() -> Answer:
        nonlocal began
        began = True
        return act()

    for look in range(_LOOKS):
        try:
            answer = idempotency.run_once(
                wired().idempotency(), caller, key, key, first, lambda: None
            )
            return replace(answer, page=True)
        except Conflict:
            if began or look == _LOOKS - 1:
                raise
            time.sleep(PAUSE)
    raise Conflict("The same form is still being handled.")
