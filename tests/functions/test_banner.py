"""The banner's script and catalogue as a website gets them, and as one gets them that may not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from chalicelib.notices.banner import sdk
from infra.local.stack import ORIGINS
from tests.functions import people
from tests.functions.api import Api, ok, problem
from tests.functions.stack import DeployedStack

ALLOWED = ORIGINS.split(",")[0]
REFUSED = "https://other.example"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def catalogue_in(script: str) -> dict[str, Any]:
    before, after = sdk.source().decode().split(sdk.PLACE)
    found: dict[str, Any] = json.loads(script.removeprefix(before).removesuffix(after))
    return found


def test_one_request_brings_the_script_and_the_catalogue(api: Api) -> None:
    answer = api.get("/v1/sdk.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    held = catalogue_in(answer.content.decode())
    evidence = held.pop("evidence")
    told = api.get("/v1/cookies?lang=it")
    assert held == ok(told)
    assert evidence.keys() == set(held["locales"])
    assert evidence["it"].split(".")[:3] == told.headers["Riserbo-Notice-Evidence"].split(".")[:3]
    assert held["links"] == {
        "notice": f"{api.base_url}/notice",
        "centre": f"{api.base_url}/",
    }
    same = api.get("/v1/sdk.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code in (200, 304)  # 200 where an hour ended between the two
    assert same.status_code == 304 or same.headers["ETag"] != answer.headers["ETag"]


def test_its_evidence_proves_what_was_shown(api: Api) -> None:
    held = catalogue_in(api.get("/v1/sdk.js").content.decode())
    visitor = people.visitor(people.new_visitor())
    body = {
        "notice_version": held["version"],
        "decisions": {"site_measurement": "granted"},
        "source": "banner",
        "locale": "en",
        "evidence": held["evidence"]["en"],
    }
    ok(api.post("/v1/consents", headers=visitor, json=body), 201)
    false = {**body, "evidence": held["evidence"]["en"][:-4] + "0000"}
    problem(api.post("/v1/consents", headers=visitor, json=false), 422)


def test_the_script_alone_is_what_its_name_says(api: Api) -> None:
    answer = api.get(f"/v1/{sdk.source_name()}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    digest = hashlib.sha256(answer.content).hexdigest()[:32]
    assert sdk.source_name() == f"sdk-{digest}.js"
    problem(api.get(f"/v1/sdk-{digest[::-1]}.js"), 404)
    page = api.get("/v1/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("origin", [ALLOWED, REFUSED])
def test_only_an_allowed_origin_may_read_the_catalogue(api: Api, origin: str) -> None:
    answer = api.get("/v1/cookies", headers={"Origin": origin})
    ok(answer)
    told = answer.headers.get("Access-Control-Allow-Origin")
    assert told == (origin if origin == ALLOWED else None)
    exposed = answer.headers.get("Access-Control-Expose-Headers", "")
    assert ("Riserbo-Notice-Evidence" in exposed) == (origin == ALLOWED)
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", [ALLOWED, REFUSED])
def test_only_an_allowed_origin_may_send_a_choice(api: Api, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,riserbo-visitor",
    }
    before = api.call("OPTIONS", "/v1/consents", headers=asked)
    assert before.status_code == 204
    told = before.headers.get("Access-Control-Allow-Origin")
    assert told == (origin if origin == ALLOWED else None)
    allowed = before.headers.get("Access-Control-Allow-Headers", "").lower()
    assert ("riserbo-visitor" in allowed) == (origin == ALLOWED)


def test_any_origin_may_load_the_script(api: Api) -> None:
    for name in ("sdk.js", sdk.source_name()):
        answer = api.get(f"/v1/{name}", headers={"Origin": REFUSED})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
