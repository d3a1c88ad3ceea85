"""Consents: recording decisions, the decisions in force, the ledger."""

from dataclasses import replace

from chalice.app import Blueprint

from chalicelib import clock, links
from chalicelib.consents.contract import operations as contract
from chalicelib.consents.model import Choice, Shown, agreed
from chalicelib.consents.no import Door, no_in
from chalicelib.consents.presentation import (
    captured_shown,
    decisions_shown,
    entry_shown,
    standing_shown,
)
from chalicelib.consents.service import capture as consents
from chalicelib.consents.service import evidence
from chalicelib.consents.service.capture import Caller, Captured
from chalicelib.errors import Problem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Standing
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode_number, page
from chalicelib.web.salvage import Kept, Loose
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import consents as pages

connect()
bp = Blueprint(__name__)


def _keep(loose: Loose, _: Problem) -> Kept | None:
    """Records the refusals of an invalid capture."""
    from chalicelib.consents.service import noes

    notice = notices.current()
    no = no_in(loose.body, Door.OWN, signal=loose.call.gpc, unread=loose.unread)
    whose = noes.callers(loose.call.bearer, loose.call.visitor, anonymous=loose.anonymous)
    kept = noes.keep(whose, no, loose.call.locale, notice)
    return None if kept is None else Kept(201, _captured(kept, notice), no.asks)


@route(bp, contract.CAPTURE, keep=_keep)
def capture(call: Call) -> Answer:
    """201 with the entry, the decisions in force, and the token of a new browser."""
    notice = notices.current()
    choices = {purpose: Choice(choice) for purpose, choice in call.body["decisions"].items()}
    notices.refuse_other_words(call.body["notice_version"], notice, agreed(choices))
    told = evidence.language(call.body.get("evidence"), notice)
    shown = Shown(
        notice_version=notice.version,
        notice_digest=notice.digest,
        locale=call.body.get("locale") or told or call.locale(notice.locales),
        source=call.body["source"],
        evidence=call.body.get("evidence"),
    )
    event = call.body.get("event_id")
    caller = replace(_caller(call), first=call.body.get("first", False))
    captured = consents.capture(
        caller, choices, shown, event, notice, gpc=call.gpc, network=call.network
    )
    return Answer(201, _captured(captured, notice))


@route(bp, contract.CONSENTS)
def get_consents(call: Call) -> Answer:
    """200 with the decisions in force; empty for a subject without any."""
    notice = notices.current()
    standing = consents.standing(_caller(call), notice)
    return Answer(200, standing_shown(standing, notice, clock.now()))


@route(bp, contract.LEDGER)
def get_ledger(call: Call) -> Answer:
    """200 with a page of the ledger, oldest first, and the decisions in force after all of it."""
    after = decode_number(call.query.get("cursor"), "id")
    limit = call.query.get("limit", DEFAULT_LIMIT)
    told = consents.ledger(_caller(call), after or 0, limit, notices.current())
    items = [entry_shown(entry) for entry in told.entries.items]
    listed = page(items, {"id": told.entries.next} if told.entries.next else None)
    return Answer(200, {**listed, "standing": _stands(told.standing)})


def _captured(captured: Captured, notice: Notice) -> dict[str, Json]:
    body: dict[str, Json] = {
        **captured_shown(captured, notice, clock.now()),
        "receipt": links.page(f"/v1/receipts/{captured.entry_id}"),
    }
    if captured.visitor is not None:
        body["visitor"] = captured.visitor
    return body


def _caller(call: Call) -> Caller:
    return Caller(bearer=call.bearer, visitor=None if call.bearer else call.visitor)


def _stands(standing: Standing | None) -> Json:
    return {} if standing is None else decisions_shown(standing, notices.current(), clock.now())


handler = lambda_handler((bp, pages.bp), "consents")
