"""Somebody in front of the desk's pages of people, on tables in memory: what they open and send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from chalicelib.desk import people, search
from chalicelib.disclosures import service as disclosures
from chalicelib.holds.service import desk as holds
from chalicelib.origins.service import desk as origins
from chalicelib.publications.service import told
from chalicelib.web.pages import cookie
from functions.http import desk_subjects
from tests.unit.desk.clerk import ONCE
from tests.unit.desk.member import answered, session
from tests.unit.desk.office import OFFICER, Office
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import Sent

IMPORTED = (disclosures, holds, origins, people, search, told)
"""Imported before tables take DynamoDB's place."""

PEOPLE, PERSON = "/desk/people", "/desk/people/{id}"


def opens(
    office: Office, person: str = "", by: str = OFFICER, token: str | None = None, **query: str
) -> Sent:
    """The page of the search, or of a person."""
    held = session(office, by) if token is None else token
    return _answered("GET", person, held, None, query)


def sends(
    office: Office,
    person: str = "",
    by: str = OFFICER,
    token: str | None = None,
    headers: Mapping[str, str] = SAME,
    form: str | None = None,
    once: str = ONCE,
    lang: str = "en",
    more: Sequence[tuple[str, str]] = (),
    **fields: str,
) -> Sent:
    """What the form of the search, or one of a person's page, is answered.

    `more` are further fields, whose names may be anything.
    """
    held = session(office, by) if token is None else token
    signed = (cookie.form_token(held) if held else "") if form is None else form
    given = [("form", signed), *([("once", once)] if person else []), *fields.items(), *more]
    return _answered("POST", person, held, urlencode(given), {"lang": lang}, headers)


def _answered(
    method: str,
    person: str,
    token: str,
    body: str | None,
    query: Mapping[str, str],
    headers: Mapping[str, str] = SAME,
) -> Sent:
    path, parameters = (PERSON, {"id": person}) if person else (PEOPLE, {})
    return answered(desk_subjects.handler, method, path, token, body, query, headers, parameters)
