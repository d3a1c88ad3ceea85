"""Every page and form of the desk, with something to open or send: a door without a row fails.

Each page of the desk has a row in ROWS, by its operation's id. In its path, `REQUEST` stands for
the id of an open request to erase, `PERSON` for the one who asked for it, and `DRAFT` for a draft
of a notice.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp

import chalicelib.desk
from chalicelib.accounts import second_factor as rules
from chalicelib.accounts import second_factor_store
from chalicelib.notices.publication import Pointer
from chalicelib.notices.service import drafts, publication
from chalicelib.pages.frame import PROVE
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from chalicelib.web.pages import cookie
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.pages.view import operations
from functions.http import sessions
from functions.pages import modules
from tests.unit.core.samples import SUBJECT
from tests.unit.desk.office import OFFICER, Office
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import Sent, event

for _one in pkgutil.walk_packages(chalicelib.desk.__path__, "chalicelib.desk."):
    # Imported by pages when they are opened, but here before tables take DynamoDB's place.
    importlib.import_module(_one.name)

REQUEST, PERSON = "REQUEST", SUBJECT
DRAFT: Final = "2031-01-01"
ONCE: Final = "o" * 43
SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES: Final = rules.new_recovery_codes()

ENTRY: Final = {
    "right": "port",
    "channel": "post",
    "received_on": "2026-11-20",
    "who": PERSON,
    "details": "All of it, please.",
}
"""A letter of PERSON, by the fields of the page on which it is entered."""


@dataclass(frozen=True)
class Row:
    """The parameters of a page's path, and the fields of each of its forms to be tried.

    `apart` marks a page that reads what this office does not have: its own tests open it to the
    staff, and those of doors try it with everybody else.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    forms: Sequence[Mapping[str, str]] = ({},)
    apart: bool = False


ROWS: Mapping[str, Row] = {
    "showDeskRequests": Row(),
    "showDeskRequest": Row({"id": REQUEST}),
    "actOnRequestByForm": Row(
        {"id": REQUEST},
        [
            {"act": act, "note_text": "x"}
            for act in ("approve", "refuse", "extend", "pause", "resume", "complete", "lift")
        ]
        + [{"act": "note", "note_text": "What the archive said."}],
    ),
    "showEntryOfRequest": Row(),
    "checkEntryByForm": Row(forms=[ENTRY]),
    "enterRequestByForm": Row(forms=[{**ENTRY, "due_on": "2026-12-22"}]),
    "showPeopleSearch": Row(),
    "searchPeopleByForm": Row(forms=[{"sought": PERSON}]),
    "showPerson": Row({"id": PERSON}),
    "actOnPersonByForm": Row(
        {"id": PERSON},
        [
            {"act": "refuse", "decisions.surveys": "denied", "channel": "post"},
            {"act": "hold", "classes.evidence": "yes", "reason": "The claim of 3 November."},
            {"act": "lift", "hold": "z" * 26},
        ],
    ),
    "showDeskNotices": Row(),
    "saveDraftByForm": Row(forms=[{"document": '{"version":"2031-01-02"}', "anyway": "yes"}]),
    "showDeskNotice": Row({"version": DRAFT}),
    "showAudit": Row(),
    "actOnNoticeByForm": Row({"version": DRAFT}, [{"act": "delete"}]),
    "showSimulation": Row({"version": DRAFT}),
    "countByForm": Row({"version": DRAFT}, apart=True),
    "showPublication": Row({"version": DRAFT}),
    "publishByForm": Row({"version": DRAFT}, [{"typed": DRAFT}]),
    "showDraftText": Row({"version": DRAFT}),
    "showRetention": Row(apart=True),
    "downloadRetention": Row(apart=True),
    "showFailures": Row(),
    "sendAgainByForm": Row(forms=[{"what": "mail"}, {"what": "partners:msg_1"}]),
    "showProcessingRecord": Row(),
    "downloadProcessingRecord": Row(),
}


@dataclass(frozen=True)
class Door:
    """A page of the desk, or one of the forms that a page takes, and the function behind it."""

    function: str
    operation: PageOperation
    path: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False

    def __str__(self) -> str:
        return "-".join([self.operation.id, *list(self.fields.values())[:1]])

    @property
    def handler(self) -> Any:
        """The function's handler."""
        return importlib.import_module(f"functions.http.{self.function}").handler


@cache
def staffed() -> tuple[tuple[str, PageOperation], ...]:
    """Every page operation of the desk, found from the blueprints, with its function."""
    return tuple(
        (name, one)
        for name, module in modules().items()
        for one in operations(module.bp)
        if one.staff
    )


def doors(method: str) -> list[Door]:
    """The pages (GET), or the forms (POST)."""
    return [
        Door(name, one, row.path, fields, row.apart)
        for name, one in staffed()
        if one.method == method and (row := ROWS.get(one.id)) is not None
        for fields in (row.forms if method == "POST" else ({},))
    ]


def goes(
    door: Door,
    token: str,
    request: str,
    headers: Mapping[str, str] = SAME,
    form: str | None = None,
    query: Mapping[str, str] | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Sent:
    """What a door answers to somebody with this cookie; `more` are further fields."""
    path = {name: request if value == REQUEST else value for name, value in door.path.items()}
    body = None
    if door.operation.method == "POST":
        body = _body(token, form, {**door.fields, **more})
    sent = _event(door.operation.method, door.operation.path, body, token, headers, query, path)
    return Sent(door.handler(sent, SimpleNamespace(aws_request_id="1" * 36)))


def proves(door: Door, token: str, request: str, code: str, **more: str) -> Sent:
    """What a form answers that is sent with a code: the sessions' function sends it on."""
    path = {name: request if value == REQUEST else value for name, value in door.path.items()}
    body = _body(token, None, {**door.fields, "again_code": code, **more})
    query = {"to": door.operation.path.format(**path)}
    sent = _event("POST", PROVE, body, token, SAME, query, {})
    onward = Sent(sessions.handler(sent, SimpleNamespace(aws_request_id="1" * 36)))
    assert onward.status == 307, onward.text
    place = urlsplit(onward.headers["Location"])
    assert place.path == query["to"]
    asked = {name: found[0] for name, found in parse_qs(place.query).items()}
    return goes(door, token, request, query=asked, more={"again_code": code, **more})


_NOTICES: dict[Any, Any] = {}
"""What `publish_first` stores, once it was stored: compiling a notice takes a while."""


def publish_first(office: Office) -> None:
    """The office's notice is published, and there is a draft that would follow it."""
    before = set(office.tables.items)
    if not _NOTICES:
        notice = office.notice
        write = office.tables.transaction(publication.Declaring(notice))
        pointer = Pointer(notice.version, None, None)
        made = publication.Prepared(notice, None, (), {}, None, pointer)
        publication.put(write, made, office.now)  # type: ignore[arg-type]
        write.commit()
        document = {**notice.document, "effective_at": f"{DRAFT}T00:00:00Z"}
        drafts.save({**document, "version": DRAFT})
        items = office.tables.items
        _NOTICES.update({place: dict(items[place]) for place in set(items) - before})
    office.tables.items.update({place: dict(raw) for place, raw in _NOTICES.items()})


def enrol(office: Office, subject: str = OFFICER) -> None:
    """Somebody sets a second factor up, with SECRET and the recovery codes CODES."""
    key = DataKey(subject, "account", b"k" * 32)
    item = second_factor_store.offer_item(subject, SECRET, key, office.now)
    item.status, item.recovery = rules.CONFIRMED, set(rules.fingerprints(SECRET, CODES))
    stored = DataKeyItem(
        pk=f"S#{subject}", sk="account", kind="data_key", material=b"k" * 32, created_at=office.now
    )
    office.tables.put(item, stored)


def code(office: Office) -> str:
    """The code of this moment."""
    return pyotp.TOTP(SECRET).at(office.now)


def _body(token: str, form: str | None, fields: Mapping[str, str]) -> str:
    signed = (cookie.form_token(token) if token else "") if form is None else form
    return urlencode({"form": signed, "once": ONCE, **fields})


def _event(
    method: str,
    path: str,
    body: str | None,
    token: str,
    headers: Mapping[str, str],
    query: Mapping[str, str] | None,
    parameters: Mapping[str, str],
) -> dict[str, Any]:
    given = {"Accept": "text/html", "Accept-Language": "en", **headers}
    if token:
        given["Cookie"] = f"{cookie.NAME}={token}"
    if body is not None:
        given["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {name: [value] for name, value in {"lang": "en", **(query or {})}.items()}
    return event(method, path, body, given, asked, dict(parameters))
