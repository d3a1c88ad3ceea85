"""What answers for consents: the decision point, receipts, links that withdraw, disclosures."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from chalicelib.api_keys import service as api_keys
from chalicelib.decisions.permission import EMAIL
from chalicelib.notices import service as notices
from chalicelib.unsubscribe.model import Kind, Scope
from chalicelib.unsubscribe.service import links
from tests.bench.operation import Operation
from tests.bench.world import Run, World, done, new_address

BATCH = 100
"""Questions in the longest batch, each about another person."""

DECISION, DECISIONS = "decision", f"decisions, {BATCH}"
RECEIPT, VERIFY = "receipt", "verify a receipt"
JOIN = "sign in, a browser's choices join"

_SCOPES = ("decisions", "disclosures", "records")


def service(world: World) -> dict[str, str]:
    """What the requests of one of the controller's own systems carry; the same key each time."""
    if not world.service_key:
        world.service_key = api_keys.create("cost book", _SCOPES)[1]
    return {"Authorization": f"Bearer {world.service_key}"}


def _browser(world: World, choice: str = "granted", count: int = 8) -> tuple[dict[str, str], str]:
    """A new browser that decided: its headers, and the entry that it made."""
    headers = {"Riserbo-Visitor": secrets.token_urlsafe(24)}
    made = done(world.capture(headers, choice, count)(), 201)
    return headers, json.loads(made["body"])["entry_id"]


def _subject(world: World) -> str:
    return _browser(world)[1].partition(".")[0]


def _asking(world: World) -> Run:
    query = {"subject": _subject(world), "purpose": world.choices[0]}
    return world.http("decisions", "GET", "/v1/decisions", headers=service(world), query=query)


def _asking_many(world: World) -> Run:
    questions = [{"subject": _subject(world), "purpose": world.choices[0]} for _ in range(BATCH)]
    body = {"questions": questions}
    return world.http("decisions", "POST", "/v1/decisions", headers=service(world), body=body)


def _receipt(world: World, of: tuple[Mapping[str, str], str]) -> Run:
    headers, entry = of
    path = "/v1/receipts/{entry_id}"
    return world.http("receipts", "GET", path, headers=headers, at={"entry_id": entry})


def _receipt_of_browser(world: World) -> Run:
    browser = _browser(world)
    done(_receipt(world, browser)(), 200)  # the public key is asked for once a process
    return _receipt(world, browser)


def _receipt_of_account(world: World) -> Run:
    headers = world.person().headers
    made = done(world.capture(headers, "granted", 8)(), 201)
    return _receipt(world, (headers, json.loads(made["body"])["entry_id"]))


def _verifying(world: World) -> Run:
    receipt = json.loads(done(_receipt(world, _browser(world))(), 200)["body"])["receipt"]
    body = {"receipt": receipt}
    run = world.http("receipts", "POST", "/v1/receipts/verify", body=body)
    done(run(), 200)
    return world.http("receipts", "POST", "/v1/receipts/verify", body=body)


def _joining(world: World) -> Run:
    email = new_address()
    world.verified(email)
    headers, _ = _browser(world)
    return world.signing_in(email, headers=headers)


def _unsubscribing(world: World) -> Run:
    person = world.person(secrets.token_hex(4))
    purpose = next(one.id for one in notices.current().choices.values() if EMAIL in one.channels)
    body = {"notice_version": world.version, "decisions": {purpose: "granted"}, "source": "banner"}
    path = "/v1/consents"
    done(world.http("consents", "POST", path, body=body, headers=person.headers)(), 201)
    url = links.mint(person.subject, Scope(Kind.PURPOSE, purpose)).url
    at = {"token": url.rpartition("/")[2]}
    return world.http("unsubscribe", "POST", "/v1/unsubscribe/{token}", at=at)


def _disclosing(world: World) -> Run:
    purpose = notices.current().choices[world.choices[0]]
    body = {
        "subject": _subject(world),
        "recipient": purpose.recipients[0],
        "category": purpose.categories[0],
        "purpose": purpose.id,
    }
    return world.http("records", "POST", "/v1/disclosures", headers=service(world), body=body)


OPERATIONS: tuple[Operation, ...] = (
    Operation(DECISION, "decisions", _asking, 200),
    Operation(DECISIONS, "decisions", _asking_many, 200, heavy=True),
    Operation(f"{RECEIPT}, visitor", "receipts", _receipt_of_browser, 200),
    Operation(f"{RECEIPT}, account", "receipts", _receipt_of_account, 200),
    Operation(VERIFY, "receipts", _verifying, 200),
    Operation("unsubscribe", "unsubscribe", _unsubscribing, 200, heavy=True),
    Operation("disclosure", "records", _disclosing, 201),
    Operation(JOIN, "sessions", _joining, 201, heavy=True),
)
"""What the website's back end, a person and anybody else ask of the ledger."""
