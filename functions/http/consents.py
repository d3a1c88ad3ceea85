"""Consents: recording decisions, what stands, the ledger."""

from chalice.app import Blueprint

from chalicelib.clock import instant
from chalicelib.consents import contract
from chalicelib.consents.model import Choice, Entry, Shown
from chalicelib.consents.presentation import asks_shown, data_shown, decisions_shown
from chalicelib.consents.service import capture as consents
from chalicelib.consents.service.capture import Caller
from chalicelib.mail import links
from chalicelib.notices import service as notices
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode_number, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.CAPTURE)
def capture(call: Call) -> Answer:
    """201 with the entry, what stands after it, and the token of a browser seen first now."""
    notice = notices.current()
    notices.refuse_other_words(call.body["notice_version"], notice)
    shown = Shown(
        notice_version=notice.version,
        notice_digest=notice.digest,
        locale=call.body.get("locale") or call.locale(notice.locales),
        source=call.body["source"],
        evidence=call.body.get("evidence"),
    )
    choices = {purpose: Choice(choice) for purpose, choice in call.body["decisions"].items()}
    captured = consents.capture(
        _caller(call), choices, shown, call.body.get("event_id"), notice, gpc=call.gpc
    )
    body: dict[str, Json] = {
        "entry_id": captured.entry_id,
        "standing": decisions_shown(captured.standing, notice),
        "data": data_shown(captured.data),
        "receipt": links.page(f"/v1/receipts/{captured.entry_id}"),
    }
    if captured.visitor is not None:
        body["visitor"] = captured.visitor
    return Answer(201, body)


@route(bp, contract.CONSENTS)
def get_consents(call: Call) -> Answer:
    """200 with the decisions in force; empty for who has decided nothing."""
    standing = consents.standing(_caller(call))
    if standing is None:
        return Answer(200, {"notice_version": None, "standing": {}, "ask": {}})
    notice = notices.current()
    return Answer(
        200,
        {
            "notice_version": standing.notice_version,
            "standing": decisions_shown(standing, notice),
            "ask": asks_shown(standing, notice),
        },
    )


@route(bp, contract.LEDGER)
def get_ledger(call: Call) -> Answer:
    """200 with a page of the ledger, oldest first."""
    after = decode_number(call.query.get("cursor"), "id")
    found = consents.ledger(_caller(call), after or 0, call.query.get("limit", DEFAULT_LIMIT))
    items = [_entry(entry) for entry in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


def _caller(call: Call) -> Caller:
    return Caller(bearer=call.bearer, visitor=None if call.bearer else call.visitor)


def _entry(entry: Entry) -> Json:
    return {
        "entry_id": entry.id,
        "decided_at": instant(entry.at),
        **dict(entry.opened),
        "source": entry.source,
        "event": entry.event,
        "notice_version": entry.notice_version,
        "notice_digest": entry.notice_digest,
        "previous": entry.previous,
        "commitment": entry.commitment,
        "hash": entry.hash,
    }


handler = lambda_handler(bp, "consents")
