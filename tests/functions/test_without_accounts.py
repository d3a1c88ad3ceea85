"""A site without accounts: nobody registers, browsers decide, staff come in by an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.web.pages.cookie import NAME
from tests.functions import deciding, people, second_factor
from tests.functions.api import HTML, JSON, Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.stack import DeployedStack, deployed
from tests.functions.waiting import until
from tests.product import product_document

PRODUCT_DOCUMENT = product_document()
DOCUMENT = Path(__file__).parents[1] / "documents" / "health_app.json"
OTHERS = (PRODUCT_DOCUMENT["site"]["name"], PRODUCT_DOCUMENT["controller"]["email"], "Millbrook")
"""Names that no answer and no mail of this organisation may hold."""
STAFF = "officer@example.org"


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A stack of a health office's app, whose notice has no form of registration."""
    with deployed(tmp_path_factory.mktemp("health_app"), notice=DOCUMENT) as running:
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


def test_a_browser_agrees_explicitly_and_answers_the_survey(api: Api) -> None:
    browser = people.visitor(people.new_visitor())
    body = {"kind": "survey", "text": "My eyes itch.", "fields": {"severity": "strong"}}
    assert problem(api.post("/v1/messages", headers=browser, json=body), 409)["reasons"]
    said = {
        "notice_version": api.notice_version(),
        "decisions": {"survey": "granted"},
        "source": "preference_centre",
    }
    refused = problem(api.post("/v1/consents", headers=browser, json=said), 400)
    assert pointers(refused) == ["/decisions/survey"]  # health data needs explicit consent
    asked = {**said, "explicit": ["survey"]}
    ok(api.post("/v1/consents", headers=browser, json=asked), 201)
    ok(api.post("/v1/messages", headers=browser, json=body), 201)
    (shown,) = ok(api.get("/v1/messages", headers=browser))["items"]
    assert (shown["text"], shown["fields"]) == ("My eyes itch.", {"severity": "strong"})
    deciding.decide(api, browser, survey="denied")
    assert problem(api.post("/v1/messages", headers=browser, json=body), 409)["reasons"]


def test_somebody_asks_by_address_and_is_answered(own_stack: DeployedStack, api: Api) -> None:
    email = people.new_address()
    body = {"right": "copy", "email": email, "details": "What do you know?", "locale": "de"}
    asked = ok(api.post("/v1/requests", json=body), 202)["id"]
    token = people.link_token(people.mails(own_stack, email)[0])
    proven = ok(api.post(f"/v1/requests/{asked}/verification", json={"token": token}))
    headers = people.bearer(proven["token"])
    done = until(lambda: _completed(api, asked, headers), seconds=60)
    assert done
    mails = people.mails(own_stack, email, 2)
    for mail in mails:
        assert "Pollenwacht" in mail["BodyText"]
        assert [name for name in OTHERS if name in mail["BodyText"]] == []
        assert "Konto" not in mail["BodyText"]


def _completed(api: Api, request: str, headers: dict[str, str]) -> bool:
    return bool(ok(api.get(f"/v1/requests/{request}", headers=headers))["status"] == "completed")


def test_the_page_speaks_of_no_account(api: Api) -> None:
    page = api.get("/v1/notice", headers={"Accept": "text/markdown", "Accept-Language": "en"})
    assert "Write to" in page.text
    assert "health (GDPR Article 9(1))" in page.text
    # The cookie of the pages has one name, and keeps a request open here.
    text = page.text.replace(NAME.lstrip("_"), "")
    for word in (
        *OTHERS,
        "Ask from your account",
        "Sign-in from another country",
        "ession",
    ):
        assert word not in text
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


@pytest.mark.parametrize("path", ["/v1/notice", "/v1/notices/{version}"])
def test_each_audience_reads_its_own_first(api: Api, path: str) -> None:
    where = path.format(version=api.notice_version())

    def order(audience: str) -> list[str]:
        headers = {"Accept": HTML, "Accept-Language": "en"}
        page = api.get(where, headers=headers, params={"audience": audience}).text
        places = {
            one: page.index(f' id="purpose-{one}"') for one in ("warning", "survey", "answers")
        }
        return sorted(places, key=lambda one: places[one])

    assert order("participants")[0] == "survey"
    assert order("writers")[0] == "answers"
    assert order("nobody of these") == ["warning", "survey", "answers"]
