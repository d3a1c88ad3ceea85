"""Other systems are asked about requests, and answer: by the deployed functions, on real sockets.

The stack is one of its own, whose notice names two systems that take part; one of them is the
receiver of `docs/receiver.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from standardwebhooks import Webhook

from infra.local.place import PROJECT
from tests.functions import copies, desk, people, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import make_key, run
from tests.functions.people import Person, bearer
from tests.functions.recipients import say_where
from tests.functions.stack import deployed
from tests.functions.waiting import until
from tests.product import product_document
from tests.receiver import Receiver, receiving

ARCHIVE, PARTNER = "archive_host", "affiliation_providers"
REQUESTS = "/v1/requests"
RECORD = {"category": "identity", "fields": {"name": "Melusina Brandolini"}}
DAY = 24 * 3600


@dataclass
class Others:
    """The stack, and a key for each system."""

    api: Api
    keys: dict[str, str]

    def answer(self, request: str, recipient: str, key: str = "", **body: Any) -> Any:
        """A system answers."""
        headers = bearer(key or self.keys[recipient])
        sent = {"recipient": recipient, **body}
        return self.api.post(f"{REQUESTS}/{request}/answers", headers=headers, json=sent)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Others]:
    folder = tmp_path_factory.mktemp("stack")
    document = product_document()
    for name, days in ((ARCHIVE, 10), (PARTNER, 5)):
        one = next(found for found in document["recipients"] if found["id"] == name)
        one["answers"] = {
            "rights": ["copy", "port", "rectify", "restrict", "erase"],
            "within": {"days": days},
        }
    notice = folder / "notice.json"
    notice.write_text(json.dumps(document), "utf-8")
    with deployed(folder, notice=notice) as stack:
        keys = {
            name: make_key(stack, name, "answers", recipient=name)[1] for name in (ARCHIVE, PARTNER)
        }
        yield Others(Api(stack), keys)


@pytest.fixture
def person(others: Others) -> Person:
    return people.signed_in(others.api)


def asked(api: Api, person: Person, right: str = "copy", **members: Any) -> str:
    """A person uses a right; the id of the request."""
    body = {"right": right, **members}
    return str(ok(api.post(REQUESTS, headers=person.headers, json=body), 201)["id"])


def request_of(api: Api, person: Person, request: str) -> Any:
    """The request, as its person sees it."""
    return ok(api.get(f"{REQUESTS}/{request}", headers=person.headers))


def given(api: Api, person: Person, request: str) -> dict[str, Any]:
    """What the copy of a request holds of each system."""
    copied = copies.download(api, person, {"id": request})
    return {one["system"]: one["items"] for one in copied.data["systems"]}


def _supplements(api: Api, subject: str) -> list[Any]:
    """The jobs that wait to make a copy anew."""
    jobs = tables.of_kind(tables.partition(api.stack, subject), "job")
    return [one for one in jobs if one["action"]["S"] == "supplement"]


def renewed(api: Api, person: Person, request: str) -> Any:
    """What the copy holds of the partner; None while the new body lies there before its record."""
    issued = copies.issue(api, person, {"id": request})
    if len(requests.get(issued["url"], timeout=30).content) != issued["size"]:
        return None
    return given(api, person, request)[PARTNER]


def done(api: Api, person: Person, request: str) -> bool:
    """Whether a request is completed, some time from now."""
    return bool(until(lambda: request_of(api, person, request)["status"] == "completed"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


def test_a_copy_waits_for_both_and_is_made_with_the_last(
    others: Others, person: Person, receiver: Receiver
) -> None:
    api = others.api
    secret = say_where(api.stack, PARTNER, receiver.url)
    request = asked(api, person)
    (received,) = until(lambda: receiver.of(person.subject)) or []
    message = Webhook(secret).verify(received.body, received.headers)
    assert message["type"] == "request.asked"
    assert message["data"]["answer_url"] == f"{api.stack.base_url}{REQUESTS}/{request}/answers"
    assert message["data"].keys() == {
        "subject",
        "recipient",
        "request",
        "right",
        "categories",
        "answer_by",
        "answer_url",
        "notice_version",
    }
    ok(others.answer(request, PARTNER, status="data", records=[RECORD]))
    assert request_of(api, person, request)["status"] == "received"
    ok(others.answer(request, ARCHIVE, status="nothing"))
    assert done(api, person, request)
    events = [one["event"] for one in request_of(api, person, request)["history"]]
    assert events == ["submit", "system_answered", "system_answered", "complete"]
    stored = json.dumps(tables.partition(api.stack, person.subject), default=str)
    assert "Melusina" not in stored
    assert given(api, person, request) == {ARCHIVE: [], PARTNER: [RECORD]}


def test_the_receiver_of_the_documents_answers(
    others: Others, person: Person, tmp_path: Path
) -> None:
    api = others.api
    held = tmp_path / "held.json"
    held.write_text(json.dumps({person.subject: [RECORD]}), "utf-8")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    secret = say_where(api.stack, PARTNER, f"http://127.0.0.1:{port}/told")
    environment = {**os.environ, "SECRET": secret, "KEY": others.keys[PARTNER], "HELD": str(held)}
    program = [sys.executable, str(PROJECT / "docs" / "receiver.py"), str(port)]
    with subprocess.Popen(program, env=environment) as running:
        try:
            assert until(lambda: _listens(port))
            request = asked(api, person)
            ok(others.answer(request, ARCHIVE, status="nothing"))
            assert done(api, person, request)
            question = {"webhook-id": "x", "webhook-timestamp": "0", "webhook-signature": "v1,x"}
            forged = urllib.request.Request(f"http://127.0.0.1:{port}/", b"{}", question)
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(forged, timeout=10)
            assert refused.value.code == 401
            refused.value.close()
        finally:
            running.terminate()
    assert len((PROJECT / "docs" / "receiver.py").read_text("utf-8").splitlines()) <= 60
    answers = tables.of_kind(tables.partition(api.stack, person.subject), "answer")
    assert [one["recipient"]["S"] for one in answers] == [PARTNER]


def _listens(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def test_what_is_too_long_is_uploaded(others: Others, person: Person) -> None:
    api = others.api
    request = asked(api, person)
    body = b"".join(json.dumps(RECORD).encode() + b"\n" for _ in range(20_000))
    upload = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    first = ok(others.answer(request, PARTNER, status="data", upload=upload), 201)
    put = urllib.request.Request(first["upload_url"], body, method="PUT")
    urllib.request.urlopen(put, timeout=60).close()
    told = ok(others.answer(request, PARTNER, status="data", upload=upload))
    assert told == {"status": "data", "supplement": False, "checking": True}
    ok(others.answer(request, ARCHIVE, status="nothing"))
    assert done(api, person, request)
    told = ok(others.answer(request, PARTNER, status="data", upload=upload))
    assert told == {"status": "data", "supplement": False, "checking": False}
    s3, bucket = api.stack.client("s3"), api.stack.outputs["ExportsBucket"]
    found = s3.list_objects_v2(Bucket=bucket)["Contents"]
    keys = [one["Key"] for one in found if person.subject in one["Key"]]
    assert f"answers/{person.subject}/{request}/{PARTNER}" in keys
    assert not [key for key in keys if key.startswith("uploads/")]
    assert given(api, person, request)[PARTNER] == [RECORD] * 20_000


def test_an_upload_of_the_wrong_form_is_refused_with_its_place(
    others: Others, person: Person
) -> None:
    api = others.api
    request = asked(api, person)
    wrong = {"category": "device", "fields": {"ip_address": "::1"}}
    body = json.dumps(RECORD).encode() + b"\n" + json.dumps(wrong).encode()
    upload = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    place = ok(others.answer(request, PARTNER, status="data", upload=upload), 201)["upload_url"]
    urllib.request.urlopen(urllib.request.Request(place, body, method="PUT"), timeout=60).close()
    ok(others.answer(request, PARTNER, status="data", upload=upload))

    def refused() -> list[requests.Response]:
        found = others.answer(request, PARTNER, status="data", upload=upload)
        return [found] if found.status_code == 422 else []

    # A refusal by itself counts as false, and would be waited for until the time is over.
    found = problem(until(refused)[0], 422)
    assert found["type"].endswith(":upload-unfit")
    assert pointers(found) == ["/2/category"]


def test_who_lies_is_refused_and_changes_nothing(others: Others, person: Person) -> None:
    api = others.api
    request = asked(api, person)
    before = tables.partition(api.stack, person.subject)
    other = "z" * 26
    problem(others.answer(request, ARCHIVE, others.keys[PARTNER], status="nothing"), 403)
    problem(others.answer(other, PARTNER, status="nothing"), 404)
    problem(others.answer(request, PARTNER, "rsk_" + "a" * 26 + "." + "A" * 43, status="done"), 401)
    for records, at in (
        ([{"category": "device", "fields": {"ip_address": "::1"}}], "/records/0/category"),
        ([{"category": "identity", "fields": {"phone": "1"}}], "/records/0/fields/phone"),
        ([RECORD, {"category": "moon", "fields": {"name": "x"}}], "/records/1/category"),
        ([{**RECORD, "subject": person.subject}], "/records/0/subject"),
        ([], "/records"),
    ):
        found = problem(others.answer(request, PARTNER, status="data", records=records), 400)
        assert at in pointers(found)
    for body in (
        {"status": "data"},
        {"status": "refused"},
        {"status": "done", "records": [RECORD]},
        {"status": "nothing", "ground": "claims"},
        {"status": "data", "records": [RECORD], "upload": {"size": 1, "sha256": "0" * 64}},
        {"status": "data", "upload": {"size": 100_000_001, "sha256": "0" * 64}},
    ):
        problem(others.answer(request, PARTNER, **body), 400)
    problem(others.answer(request, PARTNER, status="refused", ground="claims"), 409)
    long = {"category": "identity", "fields": {"name": "x" * 50}}
    problem(others.answer(request, PARTNER, status="data", records=[long] * 4_000), 413)
    settled = tables.partition(api.stack, person.subject)
    assert [one for one in settled if one["kind"]["S"] != "job"] == [
        one for one in before if one["kind"]["S"] != "job"
    ]


def test_twice_is_once_and_another_answer_is_refused(others: Others, person: Person) -> None:
    request = asked(others.api, person)
    for _ in range(2):
        ok(others.answer(request, PARTNER, status="data", records=[RECORD]))
    found = problem(others.answer(request, PARTNER, status="nothing"), 409)
    assert found["type"].endswith(":answered-already")


def test_silence_is_named_and_what_comes_late_is_kept(
    others: Others, person: Person, receiver: Receiver
) -> None:
    api = others.api
    say_where(api.stack, PARTNER, receiver.url)
    staff = desk.officer(api)[0]
    request = asked(api, person)
    assert until(lambda: len(receiver.of(person.subject)) == 1)
    try:
        api.stack.move_clock(10 * DAY + 60)
        told = api.stack.run_schedule("deadlines")
        assert told["go_on"] >= 1
        assert told["asked"] >= 2
        assert told["failed"] == 0
        assert until(lambda: len(receiver.of(person.subject)) == 2)
        assert until(
            lambda: _status(api, person.subject, request) == "completed",
        )
        late = ok(others.answer(request, PARTNER, status="data", records=[RECORD]))
        assert late["supplement"] is True
        assert until(lambda: not _supplements(api, person.subject))
    finally:
        api.stack.move_clock(0)
    assert until(lambda: renewed(api, person, request) == [RECORD], seconds=60)
    shown = ok(api.get(f"/v1/desk/requests/{request}", headers=staff.headers))
    assert [one["recipient"] for one in shown["waiting"]] == [ARCHIVE]
    assert [(one["recipient"], one["supplement"]) for one in shown["answers"]] == [(PARTNER, True)]
    reasons = [one["reason"] for one in shown["history"] if one["event"] == "system_silent"]
    assert reasons == [ARCHIVE, PARTNER]


def test_an_erasure_waits_for_them_and_is_carried_out(others: Others, person: Person) -> None:
    api, staff = others.api, desk.officer(others.api)[0]
    request = asked(api, person, "erase")
    path = f"/v1/desk/requests/{request}"
    ok(api.post(f"{path}/actions", headers=staff.headers, json={"action": "approve"}))
    ok(others.answer(request, ARCHIVE, status="done"))
    assert ok(api.get("/v1/account", headers=person.headers))
    ok(others.answer(request, PARTNER, status="refused", ground="legal_obligation"))
    assert until(lambda: _status(api, person.subject, request) == "completed", seconds=60)
    problem(api.get("/v1/account", headers=person.headers), 401)
    ok(others.answer(request, PARTNER, status="refused", ground="legal_obligation"))
    problem(others.answer(request, PARTNER, status="done"), 409)
    shown = ok(api.get(path, headers=staff.headers))
    assert {one["recipient"]: one["status"] for one in shown["answers"]} == {
        ARCHIVE: "done",
        PARTNER: "refused",
    }


def _status(api: Api, subject: str, request: str) -> str:
    found = tables.of_kind(tables.partition(api.stack, subject), "request")
    return next(str(one["status"]["S"]) for one in found if one["sk"]["S"].endswith(request))


def test_nothing_of_what_was_given_is_logged(others: Others) -> None:
    assert sinks.found_in(sinks.logs(others.api.stack), ["Melusina", "ip_address"]) == []


def test_a_key_for_answers_names_a_recipient(others: Others) -> None:
    stack = others.api.stack
    for scopes, recipient in (("answers", ""), ("accounts", PARTNER), ("answers", "moon")):
        refused = run(stack, "infra.api_keys", "create", "w", scopes, "", recipient)
        assert refused.returncode == 1
        assert not refused.stdout
    assert f"answers as {PARTNER}" in run(stack, "infra.api_keys", "list").stdout
