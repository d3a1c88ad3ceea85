"""Who gets a receipt, of which entry, and about which version, through the function itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock, ids
from chalicelib.consents import store
from chalicelib.consents.model import Choice, Entry
from chalicelib.consents.service import view
from chalicelib.consents.service.capture import visitor_subject
from chalicelib.consents.service.context import Caller
from chalicelib.consents.service.view import History
from chalicelib.limits import sample
from chalicelib.limits.store import LimitItem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.receipts import signature
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.storage import keys
from chalicelib.storage.pages import Page
from chalicelib.subjects import store as subject_store
from chalicelib.subjects.model import Life, Tombstone
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from functions.http.receipts import handler
from tests.unit.core.samples import DISOWNED, NOW, SUBJECT, shipped, standing
from tests.unit.receipts.kms import Kms
from tests.unit.receipts.samples import entry
from tests.unit.storage.tables import Tables

VISITOR = "a" * 43
MATERIAL = b"k" * 32
SPARED = 1 - 2**-53
"""A lot that falls on nobody who is counted by samples."""

SHOWN, LATER = "2026-11-22", "2027-03-01"


def known(subject: str) -> list[Any]:
    """The key of somebody's ledger and its first entry, as they are stored."""
    key = DataKey(subject, "evidence", MATERIAL)
    kept = DataKeyItem(pk=keys.subject(subject), sk="evidence", kind="data_key", created_at=NOW)
    kept.material = MATERIAL
    made = entry_of(subject)
    item = store.entry_item(made)
    vault.seal_item(item, key, made.opened)
    return [kept, item]


def entry_of(subject: str) -> Entry:
    return entry(version(SHOWN), {"surveys": Choice.GRANTED}, before=standing(subject))


def version(name: str) -> Notice:
    """The shipped notice under a version, whose name its purpose's title says."""
    surveys = shipped().purposes["surveys"]
    titled = replace(surveys, title={"it": f"Sondaggi {name}", "en": f"Surveys {name}"})
    return replace(shipped(), version=name, purposes={**shipped().purposes, "surveys": titled})


class World:
    """A visitor, somebody with an account, and two versions of the notice."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        token, session = sessions.new_session(SUBJECT, Opened(), 0, shipped(), NOW)
        self.bearer = {"Authorization": f"Bearer {token}"}
        self.visitor = {"Riserbo-Visitor": VISITOR}
        self.theirs = visitor_subject(VISITOR)
        self.tables = Tables(subject_store.standing_item(standing()), session)
        self.tables.put(*known(SUBJECT), *known(self.theirs))
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        sample.forget()
        kept = notices._Memory()
        kept.notices = {name: version(name) for name in (SHOWN, LATER)}
        monkeypatch.setattr(notices, "_memory", kept)
        monkeypatch.setattr(notices, "current", lambda: kept.notices[LATER])

    def get(self, entry_id: str, headers: Mapping[str, str], **query: str) -> dict[str, Any]:
        """The answer to GET /v1/receipts/{entry_id}."""
        return handler(
            {
                "requestContext": {
                    "resourcePath": "/v1/receipts/{entry_id}",
                    "httpMethod": "GET",
                },
                "headers": dict(headers),
                "pathParameters": {"entry_id": entry_id},
                "queryStringParameters": query or None,
                "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} or None,
            },
            None,
        )

    def verify(self, body: Any) -> dict[str, Any]:
        """The answer to POST /v1/receipts/verify."""
        return handler(
            {
                "requestContext": {
                    "resourcePath": "/v1/receipts/verify",
                    "httpMethod": "POST",
                },
                "headers": {"Content-Type": "application/json"},
                "body": body if isinstance(body, str) else json.dumps(body),
            },
            None,
        )


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, kms: Kms) -> World:
    return World(monkeypatch)


def test_a_visitor_and_an_account_get_their_own(world: World) -> None:
    for subject, headers in ((world.theirs, world.visitor), (SUBJECT, world.bearer)):
        answer = world.get(f"{subject}.1", headers)
        assert answer["statusCode"] == 200, answer["body"]
        body = json.loads(answer["body"])
        assert body["entry_id"] == f"{subject}.1"
        assert body["content"]["entry"]["hash"] == entry_of(subject).hash
        assert signature.verified(body["receipt"]).content == body["content"]


def test_it_costs_one_read_and_one_signature(
    world: World, kms: Kms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ids, "new_draw", lambda: SPARED)
    signature.key_id()
    kms.calls.clear()
    for subject, headers in ((world.theirs, world.visitor), (SUBJECT, world.bearer)):
        world.tables.steps.names.clear()
        assert world.get(f"{subject}.1", headers)["statusCode"] == 200
        assert world.tables.steps.names == ["batch"]
    assert kms.calls == ["sign", "sign"]


@pytest.mark.parametrize(("lot", "writes"), [(1 / 7, 1), (1 / 61, 2), (SPARED, 0)])
def test_one_in_six_is_counted_by_a_write(
    world: World, monkeypatch: pytest.MonkeyPatch, lot: float, writes: int
) -> None:
    monkeypatch.setattr(ids, "new_draw", lambda: lot)
    for subject, headers in ((world.theirs, world.visitor), (SUBJECT, world.bearer)):
        world.tables.steps.names.clear()
        assert world.get(f"{subject}.1", headers)["statusCode"] == 200
        assert world.tables.steps.names == ["batch", *["update"] * writes]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("figure", ["signature.person=10", "signature.network=20"])
def test_beyond_a_limit_nothing_is_signed(
    world: World, kms: Kms, monkeypatch: pytest.MonkeyPatch, figure: str, accept: str
) -> None:
    monkeypatch.setenv("RISERBO_LIMITS", figure)
    most = int(figure.partition("=")[2])
    mine = {**world.visitor, "Accept": accept}
    for _ in range(most):
        assert world.get(f"{world.theirs}.1", mine)["statusCode"] == 200
    kms.calls.clear()
    refused = world.get(f"{world.theirs}.1", mine)
    assert refused["statusCode"] == 429
    assert 0 < int(refused["headers"]["Retry-After"]) <= 3600
    assert kms.calls == []
    # Another's entry is not told by the limit, nor does asking for it use anything up.
    assert world.get(f"{SUBJECT}.1", mine)["statusCode"] == 404
    other = world.get(f"{SUBJECT}.1", world.bearer)["statusCode"]
    assert other == (429 if "network" in figure else 200)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    assert world.get(f"{world.theirs}.1", mine)["statusCode"] == 200


def test_what_is_not_given_out_is_not_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_LIMITS", "signature.person=10")
    for _ in range(20):
        assert world.get(f"{SUBJECT}.1", world.visitor)["statusCode"] == 404
    assert world.tables.all(LimitItem) == []
    assert world.get(f"{world.theirs}.1", world.visitor)["statusCode"] == 200


def test_it_describes_the_version_that_was_decided_on(world: World) -> None:
    body = json.loads(world.get(f"{SUBJECT}.1", world.bearer)["body"])
    (purpose,) = body["content"]["pii_processing"]["purposes"]
    assert purpose["title"] == f"Sondaggi {SHOWN}"
    page = world.get(f"{SUBJECT}.1", {**world.bearer, "Accept": "text/html"}, lang="en")
    assert f"Surveys {SHOWN}" in page["body"]
    assert LATER not in page["body"]


@pytest.mark.parametrize(
    ("accept", "lang", "language"),
    [("it", "", "it"), ("en-GB", "", "en"), ("it", "en", "en"), ("fr", "", "it")],
)
def test_the_document_is_in_the_reader_s_language(
    world: World, accept: str, lang: str, language: str
) -> None:
    headers = {**world.visitor, "Accept": "text/html", "Accept-Language": accept}
    answer = world.get(f"{world.theirs}.1", headers, **({"lang": lang} if lang else {}))
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["headers"]["Content-Language"] == language
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in answer["body"]


@pytest.mark.parametrize(
    "entry_id",
    [
        "1",
        ".1",
        "x.1",
        f"{SUBJECT}",
        f"{SUBJECT}.",
        f"{SUBJECT}.0",
        f"{SUBJECT}.2",
        f"{SUBJECT}.01",
        f"{SUBJECT}.000000000001",
        f"{SUBJECT}.{'9' * 12}",
        f"{SUBJECT}.{'9' * 60}",
        f"{SUBJECT}.-1",
        f"{SUBJECT}.1.1",
        f"{SUBJECT}.1e0",
        f"{SUBJECT.upper()}.1",
        f"{'b' * 26}.1",
        "verify",
        "%00",
        "١.١",
    ],
)
def test_what_is_not_one_s_own_is_not_there(world: World, entry_id: str, kms: Kms) -> None:
    for headers in (world.bearer, world.visitor):
        assert world.get(entry_id, headers)["statusCode"] == 404
    assert "sign" not in kms.calls


def test_another_s_entry_looks_like_none(world: World) -> None:
    answers = [
        world.get(f"{SUBJECT}.1", world.visitor),
        world.get(f"{SUBJECT}.7", world.visitor),
        world.get(f"{world.theirs}.1", world.bearer),
        world.get(f"{world.theirs}.1", {"Riserbo-Visitor": "b" * 43}),
    ]
    assert {one["statusCode"] for one in answers} == {404}
    assert len({one["body"] for one in answers}) == 1


def test_nobody_gets_nothing(world: World) -> None:
    assert world.get(f"{SUBJECT}.1", {})["statusCode"] == 401
    stranger = {"Authorization": f"Bearer {SUBJECT}.{'c' * 43}"}
    assert world.get(f"{SUBJECT}.1", stranger)["statusCode"] == 401


def test_a_session_of_who_is_disowned_gets_nothing(world: World) -> None:
    for stands in (
        *(standing(life=life, limits=DISOWNED) for life in Life),
        standing(life=Life.ERASING),
        standing(life=Life.PENDING),
    ):
        world.tables.put(subject_store.standing_item(stands))
        assert world.get(f"{SUBJECT}.1", world.bearer)["statusCode"] == 401


def test_who_stopped_the_account_still_has_proof(world: World) -> None:
    world.tables.put(subject_store.standing_item(standing(life=Life.DEACTIVATED)))
    assert world.get(f"{SUBJECT}.1", world.bearer)["statusCode"] == 200


@pytest.mark.parametrize("life", [Life.ERASING, Life.ERASED])
def test_a_browser_that_is_erased_is_shown_none_of_the_proof_that_stays(
    world: World, life: Life
) -> None:
    entry_id = entry_of(world.theirs).id
    assert world.get(entry_id, world.visitor)["statusCode"] == 200
    if life is Life.ERASED:
        ends = NOW + timedelta(days=1800)
        stone = Tombstone(world.theirs, "requested", NOW, 1, "0" * 64, {"entry": ends}, ends)
        world.tables.put(subject_store.tombstone_item(stone))
    else:
        marked = replace(standing(world.theirs), life=life)
        world.tables.put(subject_store.standing_item(marked))
    assert world.get(entry_id, world.visitor)["statusCode"] == 404
    caller = Caller(visitor=VISITOR)
    assert view.standing(caller, shipped()) is None
    assert view.ledger(caller, 0, 10, shipped()) == History(None, Page((), None))


def test_without_the_key_there_is_no_receipt(world: World) -> None:
    for subject, headers in ((world.theirs, world.visitor), (SUBJECT, world.bearer)):
        del world.tables.items[True, keys.subject(subject), "evidence"]
        assert world.get(f"{subject}.1", headers)["statusCode"] == 404


def test_it_verifies_when_nothing_of_the_person_is_left(world: World) -> None:
    body = json.loads(world.get(f"{SUBJECT}.1", world.bearer)["body"])
    world.tables.items.clear()
    world.tables.steps.names.clear()
    answer = world.verify({"receipt": body["receipt"]})
    assert json.loads(answer["body"]) == {
        "valid": True,
        "reason": None,
        "content": body["content"],
    }
    assert world.tables.steps.names == []


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        ("a.b.c", "format"),
        ("e30.e30.e30", "algorithm"),
        ("eyJhbGciOiJub25lIn0.e30.e30", "algorithm"),
    ],
)
def test_what_is_no_receipt_is_told_so(world: World, receipt: str, reason: str) -> None:
    answer = world.verify({"receipt": receipt})
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"valid": False, "reason": reason, "content": None}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"receipt": None}, 400),
        ({"receipt": ["a.b.c"]}, 400),
        ({"receipt": ""}, 400),
        ({"receipt": "a.b"}, 400),
        ({"receipt": "è.è.è"}, 400),
        ({"receipt": "a.b.c", "more": 1}, 400),
        ({"receipt": "a.b." + "c" * 200_000}, 400),
        ('{"receipt": "\\ud800.e30.e30"}', 400),
        ("[" * 60_000, 400),
        ('{"receipt": "a.b.c', 400),
        (json.dumps({"receipt": "a.b." + "c" * 300_000}), 413),
    ],
)
def test_what_does_not_fit_is_refused(world: World, body: Any, status: int) -> None:
    answer = world.verify(body)
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_the_key_set_is_published(kms: Kms) -> None:
    from functions.http import wellknown

    path = "/.well-known/jwks.json"
    event = {"requestContext": {"resourcePath": path, "httpMethod": "GET"}, "headers": {}}
    answer = wellknown.handler(event, None)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"keys": [signature.public_jwk()]}
    assert answer["headers"]["Cache-Control"] == "public, max-age=3600"
    again = {**event, "headers": {"If-None-Match": answer["headers"]["ETag"]}}
    assert wellknown.handler(again, None)["statusCode"] == 304
