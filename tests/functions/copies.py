"""Copies of people's data, asked for and fetched as a person does, and checked by their form."""

from __future__ import annotations

import hashlib
from typing import Any

import requests

from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.waiting import until
from tests.unit.copies.samples import Copy, unpacked

Json = dict[str, Any]


def ready(api: Api, person: Person, right: str = "copy", **members: Any) -> Json:
    """A request of a person for their data, completed."""
    body = {"right": right, **members}
    made = ok(api.post("/v1/requests", headers=person.headers, json=body), 201)
    assert made["status"] == "received"
    return completed(api, made["id"], person.headers)


def completed(api: Api, request: str, headers: dict[str, str]) -> Json:
    """A request, once it is completed."""

    def answered() -> Json | None:
        now: Json = ok(api.get(f"/v1/requests/{request}", headers=headers))
        return now if now["status"] == "completed" else None

    found = until(answered, seconds=60)
    assert found, "the request was not completed"
    return found


def issue(api: Api, person: Person, request: Json) -> Json:
    """A fresh address of a copy, with what is said of it."""
    path = f"/v1/requests/{request['id']}/export"
    found: Json = ok(api.get(path, headers=person.headers))
    return found


def fetched(issued: Json) -> Copy:
    """What lies at an address: a ZIP of the size and digest that were said."""
    answer = requests.get(issued["url"], timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert len(answer.content) == issued["size"]
    assert hashlib.sha256(answer.content).hexdigest() == issued["sha256"]
    return unpacked(answer.content)


def download(api: Api, person: Person, request: Json) -> Copy:
    """The copy of a person's data, unpacked."""
    return fetched(issue(api, person, request))
