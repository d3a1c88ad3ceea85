"""A site without accounts: nobody registers, browsers decide, staff come in by an invitation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions import people, second_factor
from tests.functions.api import JSON, Api, ok, problem
from tests.functions.commands import run
from tests.functions.stack import DeployedStack, deployed

MINIMAL = Path(__file__).parents[1] / "documents" / "minimal.json"
STAFF = "officer@example.org"


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A stack whose notice has no forms."""
    folder = tmp_path_factory.mktemp("without_accounts")
    written = folder / "notice.json"
    document = json.loads(MINIMAL.read_text("utf-8"))
    written.write_text(json.dumps({**document, "forms": []}), "utf-8")
    with deployed(folder / "stack", notice=written) as running:
        yield running


@pytest.fixture(scope="module")
def api(own_stack: DeployedStack) -> Api:
    return Api(own_stack)


def test_nobody_registers(api: Api) -> None:
    for answer in (
        api.post("/v1/accounts", json={}),
        api.post("/v1/accounts", data="not even JSON"),
        api.get("/v1/accounts/form"),
    ):
        assert problem(answer, 404)["type"] == "urn:riserbo:problem:not-found"


def test_a_browser_decides(api: Api) -> None:
    body = {
        "notice_version": api.notice_version(),
        "locale": "en",
        "decisions": {"letter": "granted"},
        "source": "banner",
    }
    answer = api.post("/v1/consents", json=body)
    assert answer.status_code in (200, 201), answer.text


def test_the_page_speaks_of_no_account(api: Api) -> None:
    page = api.get("/v1/notice", headers={"Accept": "text/markdown"})
    assert "Write to" in page.text
    for word in ("assword", "Ask from your account", "Sign-in from another country", "ession"):
        assert word not in page.text
    told = ok(api.get("/v1/notice", headers={"Accept": JSON}))
    kinds = {one["kind"] for one in told["technical_detail"]}
    assert not kinds & {"credential", "session", "second_factor", "role"}
    assert {"request", "decision"} & kinds


def test_staff_come_in_by_an_invitation(own_stack: DeployedStack, api: Api) -> None:
    invited = run(own_stack, "infra.role", STAFF, "desk")
    assert invited.returncode == 0, invited.stderr
    assert "invitation was sent" in invited.stdout
    assert STAFF not in invited.stdout
    token = people.link_token(people.mails(own_stack, STAFF)[0])
    proven = ok(api.post("/v1/accounts/verification", json={"token": token}))
    assert proven == {"status": "verified", "next": "choose_password"}
    chosen = people.link_token(people.mails(own_stack, STAFF, 2)[1])
    body = {"token": chosen, "password": people.PASSWORD}
    assert api.call("PUT", "/v1/password-resets", json=body).status_code == 204
    person = people.sign_in(api, STAFF)
    device = second_factor.switched_on(api, person)
    given = run(own_stack, "infra.role", STAFF, "desk")
    assert "has the role desk" in given.stdout
    staff = second_factor.opens(api, person, device.code())
    assert ok(api.get("/v1/desk/requests", headers=staff.headers))["items"] == []
