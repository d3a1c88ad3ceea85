"""What an API key looks like, and until when it works."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.api_keys import model
from chalicelib.api_keys.model import SCOPES, ApiKey, Credential
from chalicelib.web import request
from tests.unit.core.samples import NOW, SUBJECT

KEY = ApiKey(SUBJECT, "website", frozenset({"accounts"}), NOW)
CREDENTIAL = Credential(SUBJECT, "s" * 43)


def test_a_key_is_read_as_it_is_written() -> None:
    made = model.new_credential()
    assert model.read_credential(str(made)) == made
    assert str(made).startswith("rsk_")


def test_a_key_passes_as_a_bearer_token() -> None:
    text = str(model.new_credential())
    headers = request.headers_of({"headers": {"Authorization": f"Bearer {text}"}})
    assert request.bearer_token(headers) == text


def test_no_two_keys_are_alike() -> None:
    made = [model.new_credential() for _ in range(50)]
    assert len({one.id for one in made}) == len({one.secret for one in made}) == 50


def test_neither_its_print_nor_its_fingerprint_gives_the_secret_away() -> None:
    assert CREDENTIAL.secret not in repr(CREDENTIAL)
    assert CREDENTIAL.secret not in CREDENTIAL.fingerprint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rsk_",
        str(CREDENTIAL)[:-1],
        str(CREDENTIAL) + "s",
        str(CREDENTIAL).upper(),
        str(CREDENTIAL).replace("rsk_", ""),
        str(CREDENTIAL).replace("rsk_", "sk_"),
        str(CREDENTIAL).replace(".", "_"),
        f"{CREDENTIAL}\n",
        f" {CREDENTIAL}",
    ],
)
def test_anything_else_is_no_key(text: str) -> None:
    assert model.read_credential(text) is None


def test_only_its_own_secret_proves_a_key() -> None:
    assert model.proves(CREDENTIAL, CREDENTIAL.fingerprint)
    assert not model.proves(Credential(SUBJECT, "t" * 43), CREDENTIAL.fingerprint)
    assert not model.proves(CREDENTIAL, "")


def key(**fields: object) -> ApiKey:
    known = {"id": KEY.id, "name": KEY.name, "scopes": KEY.scopes, "created_at": NOW}
    return ApiKey(**{**known, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "works"),
    [
        (key(), True),
        (key(expires_at=NOW + timedelta(milliseconds=1)), True),
        (key(expires_at=NOW), False),
        (key(expires_at=NOW - timedelta(days=1)), False),
        (key(revoked_at=NOW), False),
        (key(revoked_at=NOW - timedelta(days=1), expires_at=NOW + timedelta(days=1)), False),
    ],
)
def test_a_key_works_until_it_expires_or_is_revoked(held: ApiKey, works: bool) -> None:
    assert held.works(NOW) is works


@pytest.mark.parametrize("name", ["w", "website 2", "back-end_1.eu", "x" * 64])
@pytest.mark.parametrize(
    ("scopes", "recipient"),
    [({"accounts"}, None), (SCOPES, "helpdesk"), ({"answers"}, "a" * 48)],
)
def test_a_key_can_be_made_with_a_name_and_known_scopes(
    name: str, scopes: set[str], recipient: str | None
) -> None:
    assert list(model.findings(name, scopes, None, NOW, recipient)) == []
    assert list(model.findings(name, scopes, NOW + timedelta(days=1), NOW, recipient)) == []


@pytest.mark.parametrize(
    ("scopes", "recipient"),
    [
        ({"answers"}, None),
        ({"accounts"}, "helpdesk"),
        ({"answers"}, ""),
        ({"answers"}, "Help desk"),
        ({"answers"}, "a" * 49),
        ({"answers"}, "helpdesk\n"),
    ],
)
def test_a_key_that_answers_names_one_recipient(scopes: set[str], recipient: str | None) -> None:
    found = model.findings("w", scopes, None, NOW, recipient)
    assert [finding.pointer for finding in found] == ["/recipient"]


@pytest.mark.parametrize(
    ("name", "scopes", "ends", "wrong"),
    [
        ("", {"accounts"}, None, ["/name"]),
        (" website", {"accounts"}, None, ["/name"]),
        ("x" * 65, {"accounts"}, None, ["/name"]),
        ("a\nb", {"accounts"}, None, ["/name"]),
        ("website", set(), None, ["/scopes"]),
        ("website", {"accounts", "everything"}, None, ["/scopes"]),
        ("website", {"accounts"}, NOW, ["/expires_at"]),
        ("\x1b[31m", {"Accounts"}, NOW - timedelta(days=1), ["/name", "/scopes", "/expires_at"]),
    ],
)
def test_everything_that_is_wrong_is_found(
    name: str, scopes: set[str], ends: object, wrong: list[str]
) -> None:
    found = model.findings(name, scopes, ends, NOW)  # type: ignore[arg-type]
    assert [finding.pointer for finding in found] == wrong
