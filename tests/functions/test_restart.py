"""A second start finds what the first one kept."""

from __future__ import annotations

from pathlib import Path

from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.stack import deployed


def test_data_survives_a_graceful_stop(tmp_path: Path) -> None:
    visitor = people.visitor(people.new_visitor())
    with deployed(tmp_path, kept=True) as first:
        api = Api(first)
        email = people.verified(api)
        body = {
            "notice_version": api.notice_version(),
            "decisions": {"site_measurement": "denied"},
            "source": "banner",
        }
        decided = ok(api.post("/v1/consents", headers=visitor, json=body), 201)
        address = first.base_url
    with deployed(tmp_path) as second:
        assert second.base_url == address
        api = Api(second)
        assert ok(api.get("/v1/consents", headers=visitor))["standing"] == decided["standing"]
        person = people.sign_in(api, email)
        profile = ok(api.get("/v1/account", headers=person.headers))["profile"]
        assert profile == {"identity": {"email": email}}
