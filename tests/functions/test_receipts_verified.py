"""A receipt is believed by whoever has the published key, and by nobody once it was changed."""

from __future__ import annotations

import base64
import hashlib
import json

import jwt
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from tests.functions import hostile, people, tables
from tests.functions.api import Api, ok, problem, whats_wrong_with
from tests.functions.people import Person
from tests.functions.receipts import (
    CHOICES,
    JWKS,
    VERIFY,
    decide,
    fetched,
    read_with_the_published_key,
    verdict,
)
from tests.functions.stack import DeployedStack

DAY = 86400


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return people.signed_in(api, decisions={"surveys": "granted"})


@pytest.fixture(scope="module")
def receipt(api: Api, person: Person) -> str:
    """A genuine one, of what somebody decided when they registered."""
    return str(fetched(api, person.headers, f"{person.subject}.1")["receipt"])


class TestVerifying:
    def test_a_changed_decision_is_found_out(self, api: Api, receipt: str) -> None:
        head, payload, signature = receipt.split(".")
        changed = json.loads(_decoded(payload))
        changed["events"][0]["event_state"] = "denied"
        forged = ".".join([head, _encoded(changed), signature])
        assert verdict(api, forged) == {"valid": False, "reason": "signature", "content": None}
        with pytest.raises(jwt.InvalidSignatureError):
            read_with_the_published_key(api, forged)

    def test_one_changed_character_anywhere_is_found_out(self, api: Api, receipt: str) -> None:
        places = [*range(0, len(receipt), 97), len(receipt) - 1]
        for place in (one for one in places if receipt[one] != "."):
            other = "A" if receipt[place] != "A" else "B"
            found = verdict(api, receipt[:place] + other + receipt[place + 1 :])
            assert (found["valid"], found["content"]) == (False, None), place

    def test_no_other_algorithm_and_no_other_key(self, api: Api, receipt: str) -> None:
        header = json.loads(_decoded(receipt.partition(".")[0]))
        rest = receipt.partition(".")[2]
        own = ec.generate_private_key(ec.SECP256R1())
        named = {"kid": header["kid"], "typ": header["typ"]}
        told = {
            f"{_encoded({**header, 'alg': 'none'})}.{rest}": "algorithm",
            f"{_encoded({**header, 'alg': 'HS256'})}.{rest}": "algorithm",
            f"{_encoded({**header, 'typ': 'JWT'})}.{rest}": "type",
            f"{_encoded({**header, 'kid': 'another'})}.{rest}": "key",
            jwt.encode({"n": 1}, own, "ES256", named): "signature",
            jwt.encode({"n": 1}, "s" * 64, "HS256", named): "algorithm",
            f"{_encoded([])}.e30.e30": "format",
        }
        for shown, reason in told.items():
            assert verdict(api, shown) == {"valid": False, "reason": reason, "content": None}

    @pytest.mark.parametrize(
        "shown",
        [
            "",
            "..",
            "a.b",
            "a.b.c.d",
            "è.è.è",
            "\u202e.\u202e.\u202e",
            "<script>alert(1)</script>",
            "a.b." + "c" * 200_000,
        ],
    )
    def test_what_has_not_the_form_is_refused(self, api: Api, shown: str) -> None:
        refused = api.post(VERIFY, json={"receipt": shown})
        assert not whats_wrong_with(refused)
        assert refused.status_code == 400

    @pytest.mark.parametrize(
        "header",
        [b"[" * 20_000, b'{"a":' * 10_000, b"9" * 6000, b"\xff\xfe", b'{"alg": NaN}', b"0"],
    )
    def test_no_header_is_too_strange(self, api: Api, header: bytes) -> None:
        shown = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
        found = verdict(api, f"{shown}.e30.e30")
        assert found == {"valid": False, "reason": found["reason"], "content": None}
        assert found["reason"] in ("format", "algorithm")

    def test_a_body_has_an_end(self, api: Api) -> None:
        body = json.dumps({"receipt": "a.b." + "c" * 500_000})
        answer = api.post(VERIFY, data=body, headers=hostile.AS_JSON)
        problem(answer, 413)

    def test_it_needs_no_credentials_and_takes_any(self, api: Api, receipt: str) -> None:
        for headers in ({}, people.bearer("nonsense"), people.visitor("short")):
            answer = api.post(VERIFY, json={"receipt": receipt}, headers=headers)
            assert ok(answer)["valid"]

    def test_it_is_only_posted(self, api: Api) -> None:
        for method in ("GET", "PUT", "DELETE"):
            assert api.call(method, VERIFY).status_code == 405


class TestKeys:
    def test_the_key_set_holds_public_keys_by_their_thumbprints(self, api: Api) -> None:
        key = ok(api.get(JWKS))["keys"][0]
        assert key.keys() == {"kty", "crv", "x", "y", "use", "alg", "kid"}
        required = {name: key[name] for name in ("crv", "kty", "x", "y")}
        thumbprint = hashlib.sha256(rfc8785.dumps(required)).digest()
        assert key["kid"] == base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()
        assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")

    def test_it_may_be_kept_for_an_hour(self, api: Api) -> None:
        answer = api.get(JWKS)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        unchanged = api.get(JWKS, headers={"If-None-Match": answer.headers["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")


class TestGone:
    def test_it_verifies_after_its_person_was_erased(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        token = people.new_visitor()
        entry_id = decide(api, people.visitor(token), CHOICES)
        found = fetched(api, people.visitor(token), entry_id)
        subject = entry_id.partition(".")[0]
        right_clock.move_clock(735 * DAY)
        right_clock.sweep()
        assert not any(tables.partition(right_clock, subject, name) for name in tables.TABLES)
        problem(api.get(f"/v1/receipts/{entry_id}", headers=people.visitor(token)), 404)
        assert verdict(api, found["receipt"])["content"] == found["content"]
        assert read_with_the_published_key(api, found["receipt"]) == found["content"]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
