"""A browser is erased through the deployed interface, by its token and nothing else."""

from __future__ import annotations

import pytest

from tests.functions import deciding, people, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.unit.web.accessible import check_accessible


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def test_a_browser_is_erased_by_its_token_alone(stack: DeployedStack, api: Api) -> None:
    subject, browser, _ = deciding.browser(api, advertising_cookies="denied")
    body = {"right": "erase"}
    for more in ({"details": "All of it."}, {"categories": ["identity"]}):
        problem(api.post("/v1/requests", headers=browser, json={**body, **more}), 400)
    problem(api.post("/v1/requests", headers=browser, json={"right": "copy"}), 401)
    problem(api.post("/v1/requests", json=body), 401)
    made = ok(api.post("/v1/requests", headers=browser, json=body), 201)
    assert made["status"] == "in_progress"
    path = f"/v1/requests/{made['id']}"

    def done() -> bool:
        found = ok(api.get(path, headers=browser))
        return bool(found["status"] == "completed")

    assert until(done)
    found = ok(api.get(f"{path}/receipt", headers=browser))
    assert found["content"]["subject"] == subject
    assert found["content"]["erased"]["records"]["entry"] == 1
    assert ok(api.post("/v1/receipts/verify", json={"receipt": found["receipt"]}))["valid"]
    shown = api.get(f"{path}/receipt?lang=it", headers={**browser, "Accept": HTML})
    assert "Ricevuta della cancellazione" in check_accessible(shown.text, "it").said
    kinds = {item["kind"]["S"] for item in tables.partition(stack, subject)}
    assert kinds == {"tombstone", "request"}
    assert not tables.partition(stack, subject, "KeysTable")
    again = ok(api.post("/v1/requests", headers=browser, json=body), 200)
    assert again["id"] == made["id"]
    other = people.visitor(people.new_visitor())
    problem(api.get(path, headers=other), 404)
    problem(api.get(f"{path}/receipt", headers=other), 404)
    problem(api.get(path), 401)
    problem(api.delete(path, headers=browser), 401)
    nobody = ok(api.post("/v1/requests", headers=other, json=body), 201)
    assert nobody["status"] == "completed"
    problem(api.get(f"/v1/requests/{nobody['id']}", headers=other), 404)
