"""The desk's pages of people: the search for a person, and one person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

from chalicelib.accounts.model import address_findings
from chalicelib.consents.desk import REFERENCE, Channel, refusable
from chalicelib.desk.contract import decisions, receipt
from chalicelib.desk.contract.receipt import day_findings, day_in, received_at
from chalicelib.desk.paths import PEOPLE, PERSON
from chalicelib.errors import Finding
from chalicelib.holds import contract as holds
from chalicelib.holds.model import YEARS, classes
from chalicelib.notices.model import Notice, Period
from chalicelib.web.contract import Json, Schema
from chalicelib.web.loose_json import Repeated
from chalicelib.web.pages.contract import desk_form, desk_page
from chalicelib.web.schemas import ID, closed
from chalicelib.web.validation import findings

TAB: Final = "desk_people"

SOUGHT: Final = "sought"
"""The field of the search: an address, or the number of a person or of a request."""

ACT: Final = "act"
"""The field that says which form of a person's page was sent."""

REFUSE, HOLD, LIFT = "refuse", "hold", "lift"
"""The acts: to record refusals and objections, to hold records, to lift a hold.

There is none that records a consent."""

RENEWED, GONE = "renewed", "gone"
"""The words of the page after a hold that stood was renewed, and where one had ended already."""

CHOICES: Final = "decisions"
"""The first step of the names of fields of refusals, `decisions.PURPOSE`."""

CHANNEL: Final = "channel"
RECEIVED_ON: Final = receipt.DAY

FILE_NUMBER: Final = "reference"
"""The field of the desk's own file number of a refusal."""

CLASSES: Final = "classes"
"""The first step of the names of the boxes of a hold, `classes.CLASS`; a ticked one holds `yes`."""

GROUND, REASON = "ground", "reason"
UNTIL_ON: Final = "until_on"
"""The field of the last day of a hold, by the notice's time zone."""

HELD: Final = "hold"
"""The field of the id of the hold that is lifted, without that of its person."""

LISTS: Final = ("requests", "disclosures", "changes", "origins")
"""The lists of a person's page; each has a parameter with the place at which its page begins."""

_ID: Final = re.compile("[a-z2-7]{26,40}")
_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([.][0-9]{1,3})?")
_LAST: Final = time(23, 59, 59, 999_000)
_SOMEBODY: Final = "a" * 26
"""An id for the check of a form, whose person the address names."""

_PLACE: Schema = {"type": "string", "maxLength": 64}


def _unfit_search(_: Notice, fields: Json, _now: datetime) -> tuple[Finding, ...]:
    """Finds what is neither an address nor a number, at the field of the search."""
    if not isinstance(fields, dict) or SOUGHT not in fields:
        return ()
    wanted = wanted_in(fields)
    if "email" in wanted:
        found = address_findings(wanted)
        return tuple(replace(one, pointer=f"/{SOUGHT}") for one in found)
    if _ID.fullmatch(wanted["number"]):
        return ()
    return (Finding(f"/{SOUGHT}", "is neither an address nor a number", "format"),)


SEARCH_PAGE = desk_page("showPeopleSearch", PEOPLE, TAB)

SEARCH_FORM = desk_form(
    "searchPeopleByForm",
    PEOPLE,
    TAB,
    reads=True,
    body=closed([SOUGHT], **{SOUGHT: {"type": "string", "maxLength": 320}}),
    check=_unfit_search,
)

PERSON_PAGE = desk_page(
    "showPerson",
    PERSON,
    TAB,
    query=dict.fromkeys(LISTS, _PLACE),
    done=frozenset({REFUSE, HOLD, LIFT, RENEWED, GONE}),
)


def choice_field(purpose: str) -> str:
    """Returns the field of the refusal of a purpose."""
    return f"{CHOICES}.{purpose}"


def class_field(retention_class: str) -> str:
    """Returns the box of a class of records in the form of a hold."""
    return f"{CLASSES}.{retention_class}"


def _person_body(notice: Notice) -> Schema:
    return closed(
        [ACT],
        **{ACT: {"enum": [REFUSE, HOLD, LIFT]}},
        **{
            choice_field(purpose): {"enum": [str(one) for one in choices]}
            for purpose, choices in refusable(notice).items()
        },
        **{CHANNEL: {"enum": [str(one) for one in Channel]}},
        **{RECEIVED_ON: {"type": "string"}},
        **{FILE_NUMBER: {"type": "string", "maxLength": 64, "pattern": f"^{REFERENCE}$"}},
        **{class_field(one): {"const": "yes"} for one in classes()},
        **{name: {"type": "string"} for name in (GROUND, REASON, UNTIL_ON)},
        **{HELD: ID},
    )


def _unfit_act(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    """Finds what the operation beside an act finds, at the fields of its form."""
    checks = {REFUSE: _unfit_refusal, HOLD: _unfit_hold, LIFT: _unfit_lift}
    if not isinstance(fields, dict) or fields.get(ACT) not in checks:
        return ()
    return tuple(checks[str(fields[ACT])](notice, fields, now))


def _unfit_refusal(notice: Notice, fields: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    operation, body = decisions.DECIDE, refusal_in(fields, _SOMEBODY, notice, now)
    assert callable(operation.body)
    for one in findings(operation.body(notice), body):
        if one.pointer == f"/{CHOICES}":
            yield replace(one, reason="required")
        elif one.pointer.startswith(f"/{CHOICES}/"):
            purpose = one.pointer.removeprefix(f"/{CHOICES}/")
            yield replace(one, pointer=f"/{choice_field(purpose)}")
        elif one.pointer != "/received_at":
            yield one
    pointer = f"/{RECEIVED_ON}"
    if RECEIVED_ON not in fields:
        yield Finding(pointer, "is required", "required")
        return
    for one in day_findings(fields[RECEIVED_ON], notice, now):
        yield replace(one, pointer=pointer)


def _unfit_hold(notice: Notice, fields: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    operation, body = holds.PLACE, hold_in(fields, _SOMEBODY, notice, now)
    assert isinstance(operation.body, dict)
    assert operation.check is not None
    if not body[CLASSES]:
        yield Finding(f"/{CLASSES}", "is required", "required")
    whole = {**body, CLASSES: body[CLASSES] or [classes()[0]]}
    for one in (*findings(operation.body, whole), *operation.check(notice, whole, now)):
        if one.pointer.startswith((f"/{GROUND}", f"/{REASON}")):
            yield one
    yield from _unfit_last_day(fields, notice, now)


def _unfit_last_day(fields: Mapping[str, Any], notice: Notice, now: datetime) -> Iterator[Finding]:
    pointer, day = f"/{UNTIL_ON}", day_in(fields.get(UNTIL_ON))
    if UNTIL_ON not in fields:
        yield Finding(pointer, "is required", "required")
    elif day is None:
        yield Finding(pointer, "is no day", "date")
    elif day < now.astimezone(notice.zone).date():
        yield Finding(pointer, "must not be over", "past")
    elif day > _last_day(notice, now):
        yield Finding(pointer, f"must be within {YEARS} years", "too_far", YEARS)


def _unfit_lift(_: Notice, fields: Mapping[str, Any], _now: datetime) -> Iterator[Finding]:
    if HELD not in fields:
        yield Finding(f"/{HELD}", "is required", "required")


PERSON_FORM = desk_form(
    "actOnPersonByForm", PERSON, TAB, body=_person_body, check=_unfit_act, once=True
)


def refusal_in(
    fields: Mapping[str, Any], subject: str, notice: Notice, now: datetime
) -> dict[str, Any]:
    """Returns the body of `recordDecisions` beside a form about a person.

    Only the day of receipt is asked for, whose noon stands for it. A field that is missing, or
    holds no day, is left out.
    """
    prefix = f"{CHOICES}."
    body: dict[str, Any] = {
        "subject": subject,
        "decisions": {
            name.removeprefix(prefix): choice
            for name, choice in fields.items()
            if name.startswith(prefix)
        },
    }
    day = day_in(fields.get(RECEIVED_ON))
    if day is not None and day <= now.astimezone(notice.zone).date():
        body["received_at"] = received_at(day, notice, now).isoformat()
    for name in (CHANNEL, FILE_NUMBER):
        if name in fields:
            body[name] = fields[name]
    return body


def _last_day(notice: Notice, now: datetime) -> date:
    """Returns the last day for which a hold may be placed now."""
    return Period(years=YEARS).after(now).astimezone(notice.zone).date()


def hold_in(
    fields: Mapping[str, Any], subject: str, notice: Notice, now: datetime
) -> dict[str, Any]:
    """Returns the body of `placeHold` beside a form about a person.

    Its end is the last moment of the day in the notice's time zone, and on the last day that is
    allowed the last moment that is. A field that is missing, or holds no day, is left out.
    """
    body: dict[str, Any] = {
        "subject": subject,
        CLASSES: [one for one in classes() if class_field(one) in fields],
        **{name: fields[name] for name in (GROUND, REASON) if name in fields},
    }
    day = day_in(fields.get(UNTIL_ON))
    if day is not None and day <= _last_day(notice, now):
        ends = datetime.combine(day, _LAST, notice.zone).astimezone(UTC)
        body["until"] = min(ends, Period(years=YEARS).after(now)).isoformat()
    return body


def refusal_loosely(
    fields: Mapping[str, Sequence[str]], subject: str, notice: Notice, now: datetime
) -> dict[str, Any]:
    """Returns the same of a form that fits nothing, with all values of each choice."""
    read = {
        name: Repeated(values) if name.startswith(f"{CHOICES}.") else values[0]
        for name, values in fields.items()
    }
    return refusal_in(read, subject, notice, now)


def wanted_in(fields: Mapping[str, Any]) -> dict[str, str]:
    """Returns whom a search looks for: `email`, or `number`, the id of a person or a request."""
    text = str(fields[SOUGHT]).strip()
    return {"email": text} if "@" in text else {"number": text.lower()}


def place_in(query: Mapping[str, Any], name: str) -> str | None:
    """Returns the place in an address after which a page of a list begins; what is none is None.

    An address is never refused for it, so that it tells nothing to who does not belong here.
    """
    form = _VERSION if name == "changes" else _ID
    found = str(query.get(name, ""))
    return found if form.fullmatch(found) else None
