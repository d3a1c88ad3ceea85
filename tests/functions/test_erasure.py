"""A person is erased through the deployed interface: all that goes is gone, the proof stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functions import desk, people, sinks, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.test_requests_by_address import ask, mailed, prove
from tests.functions.waiting import until
from tests.unit.web.accessible import check_accessible

DESK = "/v1/desk/requests"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Iterator[Api]:
    stack.move_clock(0)
    yield Api(stack)
    stack.move_clock(0)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


def closed(api: Api, staff: Person, request: str) -> bool:
    """Whether a request has its answer."""
    found = ok(api.get(f"{DESK}/{request}", headers=staff.headers))
    return bool(found["status"] == "completed")


def test_an_account_is_erased_when_the_desk_approves(
    stack: DeployedStack, api: Api, staff: Person
) -> None:
    person = people.signed_in(api, decisions={"surveys": "granted"})
    body = {"right": "erase", "details": "Everything, please."}
    request = ok(api.post("/v1/requests", headers=person.headers, json=body), 201)["id"]
    shown = ok(api.get(f"{DESK}/{request}", headers=staff.headers))
    assert shown["preview"]["done"] == "by_job"
    assert {"entry", "request"} <= {*shown["preview"]["kept"]}
    actions = f"{DESK}/{request}/actions"
    ok(api.post(actions, headers=staff.headers, json={"action": "approve"}))
    assert until(lambda: closed(api, staff, request))
    left = tables.partition(stack, person.subject)
    assert until(lambda: not tables.of_kind(tables.partition(stack, person.subject), "reply"))
    kinds = {item["kind"]["S"] for item in left} - {"job", "reply"}
    assert kinds == {"tombstone", "entry", "request"}
    assert not tables.partition(stack, person.subject, "AccessTable")
    held = {item["sk"]["S"] for item in tables.partition(stack, person.subject, "KeysTable")}
    assert held == {"evidence"}
    problem(api.get("/v1/account", headers=person.headers), 401)
    problem(api.post("/v1/sessions", json={"email": person.email, "password": PASSWORD}), 401)
    mails = people.mails(stack, person.email)
    assert any("erased" in mail["Subject"] or "cancellato" in mail["Subject"] for mail in mails)
    (stored,) = tables.of_kind(left, "request")
    receipt = stored["receipt"]["S"]
    verdict = ok(api.post("/v1/receipts/verify", json={"receipt": receipt}))
    assert verdict["valid"]
    assert verdict["content"]["subject"] == person.subject
    assert {one["kind"]: one["gone"] for one in verdict["kept"]} == {
        "entry": False,
        "request": False,
    }
    seeds = [person.email, "Everything, please."]
    assert sinks.found_in(sinks.erasures(stack), seeds) == []


def test_the_token_of_a_request_opens_the_receipt_also_as_a_document(
    api: Api, staff: Person
) -> None:
    email = people.new_address()
    request = ask(api, email, details="Everything, please.")
    token, _ = mailed(api, email)
    opened = people.bearer(prove(api, request, token=token)["token"])
    path, page = f"/v1/requests/{request}/receipt", {**opened, "Accept": HTML}
    early = problem(api.get(path, headers=opened), 409)
    assert early["type"].endswith(":not-ready")
    refused = api.get(f"{path}?lang=en", headers=page)
    assert refused.status_code == 409
    check_accessible(refused.text, "en")
    body = {"action": "approve"}
    ok(api.post(f"{DESK}/{request}/actions", headers=staff.headers, json=body))
    assert until(lambda: closed(api, staff, request))
    found = ok(api.get(path, headers=opened))
    assert found["content"]["request"] == request
    for language, title in (
        ("it", "Ricevuta della cancellazione"),
        ("en", "Receipt of the erasure"),
    ):
        shown = api.get(f"{path}?lang={language}", headers=page)
        assert shown.status_code == 200
        assert shown.headers["Content-Language"] == language
        assert shown.headers["Cache-Control"] == "no-store"
        said = check_accessible(shown.text, language).said
        assert title in said
        assert found["receipt"] in said
        assert email not in shown.text
    problem(api.get(path, headers={**opened, "Accept": "application/pdf"}), 406)
    problem(api.get(path, headers={"Accept": "application/json"}), 401)
