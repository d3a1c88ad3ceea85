"""What our key signed verifies, here and with any library; everything else does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm
from jwt.api_jws import PyJWS

from chalicelib.receipts import signature as signing
from chalicelib.receipts.model import Reason, Verdict
from chalicelib.receipts.service import verification
from tests.examples import examples
from tests.unit.core.samples import shipped
from tests.unit.receipts.kms import Kms
from tests.unit.receipts.samples import everything, said

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def content() -> dict[str, Any]:
    return said(everything(shipped()), shipped())


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header_of(receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decoded(receipt.partition(".")[0]))
    return found


def with_header(receipt: str, **members: Any) -> str:
    """The receipt under another header; None takes a member away."""
    header = {**header_of(receipt), **members}
    kept = {name: value for name, value in header.items() if value is not None}
    return ".".join([encoded(kept), *receipt.split(".")[1:]])


def test_what_was_signed_verifies_and_says_what_was_signed(kms: Kms) -> None:
    receipt = signing.signed(content())
    assert verification.verify(receipt) == Verdict(None, content())
    assert verification.verify(receipt).valid


def test_what_was_signed_in_other_words_verifies(kms: Kms) -> None:
    """Receipts outlive the words of the software, such as the forms of its dates and countries."""
    then = content()
    kept = then["pii_processing"]["pii_information"][0]["retention"]["rules"]
    kept[0]["period"] = "2 anni, 6 mesi"
    then["party_identification"][0]["country"] = "Repubblica Popolare Cinese"
    assert then != content()
    assert verification.verify(signing.signed(then)) == Verdict(None, then)


def test_it_is_a_compact_jws_of_canonical_json(kms: Kms) -> None:
    head, payload, signature = signing.signed(content()).split(".")
    assert json.loads(decoded(head)) == {
        "alg": "ES256",
        "kid": signing.key_id(),
        "typ": "consent-receipt+jwt",
    }
    assert decoded(payload) == rfc8785.dumps(content())
    assert len(decoded(signature)) == 64


def test_the_key_is_named_by_its_thumbprint(kms: Kms) -> None:
    (key,) = verification.key_set()["keys"]
    point = kms.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    x, y = encoded(point[1:33]), encoded(point[33:])
    required = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    thumbprint = encoded(hashlib.sha256(required.encode()).digest())
    assert key == {
        "kty": "EC",
        "crv": "P-256",
        "x": x,
        "y": y,
        "use": "sig",
        "alg": "ES256",
        "kid": thumbprint,
    }


def test_anybody_verifies_it_with_the_published_key(kms: Kms) -> None:
    receipt = signing.signed(content())
    (key,) = verification.key_set()["keys"]
    assert jwt.decode(receipt, PyJWK(key), algorithms=["ES256"]) == content()


def test_the_key_is_asked_for_once_and_each_receipt_is_signed(kms: Kms) -> None:
    for _ in range(3):
        verification.verify(signing.signed(content()))
    assert kms.calls == ["get_public_key", "sign", "sign", "sign"]


def test_a_key_of_another_sort_signs_nothing(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    monkeypatch.setattr(kms, "key", Ed25519PrivateKey.generate())
    with pytest.raises(TypeError, match="curve"):
        signing.signed(content())


class TestTampered:
    """Every single character counts."""

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_no_character_of_any_part_can_be_another(self, kms: Kms, part: int) -> None:
        receipt = signing.signed({"iss": "https://privacy.example", "n": 1})
        start = sum(len(one) + 1 for one in receipt.split(".")[:part])
        for place in range(start, start + len(receipt.split(".")[part])):
            for other in ALPHABET:
                if other != receipt[place]:
                    changed = receipt[:place] + other + receipt[place + 1 :]
                    verdict = verification.verify(changed)
                    assert not verdict.valid, (place, other)
                    assert verdict.content is None

    @settings(suppress_health_check=list(HealthCheck), max_examples=examples(200))
    @given(data=st.data())
    def test_nothing_can_be_cut_added_or_moved(self, kms: Kms, data: st.DataObject) -> None:
        receipt = signing.signed({"n": 1})
        start = data.draw(st.integers(0, len(receipt)))
        end = data.draw(st.integers(start, len(receipt)))
        put = data.draw(st.text(st.sampled_from(ALPHABET + ".= \n\0è"), max_size=5))
        changed = receipt[:start] + put + receipt[end:]
        assert verification.verify(changed).valid == (changed == receipt)

    def test_another_content_under_the_signature(self, kms: Kms) -> None:
        head, _, signature = signing.signed({"decision": "denied"}).split(".")
        forged = ".".join([head, encoded({"decision": "granted"}), signature])
        assert verification.verify(forged) == Verdict(Reason.SIGNATURE, None)

    def test_the_signature_of_another_receipt(self, kms: Kms) -> None:
        one, other = signing.signed({"n": 1}), signing.signed({"n": 2})
        mixed = one.rpartition(".")[0] + "." + other.rpartition(".")[2]
        assert verification.verify(mixed) == Verdict(Reason.SIGNATURE, None)

    @pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\1" * 63, b"\1" * 65])
    def test_signatures_of_nothing(self, kms: Kms, signature: bytes) -> None:
        unsigned = signing.signed({"n": 1}).rpartition(".")[0]
        found = verification.verify(f"{unsigned}.{encoded(signature)}")
        assert found.reason in (Reason.SIGNATURE, Reason.FORMAT)

    def test_der_instead_of_the_raw_signature(self, kms: Kms) -> None:
        unsigned = signing.signed({"n": 1}).rpartition(".")[0]
        der = kms.key.sign(unsigned.encode(), ec.ECDSA(SHA256()))
        assert verification.verify(f"{unsigned}.{encoded(der)}").reason is Reason.SIGNATURE


class TestForged:
    """Headers by which verifiers were led astray before (RFC 8725)."""

    @pytest.mark.parametrize(
        "alg", ["none", "None", "NONE", "nOnE", "", "es256", "ES384", None, []]
    )
    def test_no_other_algorithm(self, kms: Kms, alg: Any) -> None:
        receipt = with_header(signing.signed({"n": 1}), alg=alg)
        for shown in (receipt, receipt.rpartition(".")[0] + "."):
            verdict = verification.verify(shown)
            assert verdict in (Verdict(Reason.ALGORITHM, None), Verdict(Reason.FORMAT, None))

    @pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
    def test_the_public_key_is_no_shared_secret(self, kms: Kms, alg: str) -> None:
        header = {**header_of(signing.signed({"n": 1})), "alg": alg}
        unsigned = f"{encoded(header)}.{encoded({'n': 2})}"
        hashing = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[alg]
        public = kms.key.public_key()
        for form in (
            public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            json.dumps(signing.public_jwk()).encode(),
        ):
            mac = hmac.new(form, unsigned.encode(), hashing).digest()
            forged = f"{unsigned}.{encoded(mac)}"
            assert verification.verify(forged) == Verdict(Reason.ALGORITHM, None)

    def test_a_key_of_ones_own(self, kms: Kms) -> None:
        own = ec.generate_private_key(ec.SECP256R1())
        jwk = json.loads(ECAlgorithm.to_jwk(own.public_key()))
        ours = {"typ": signing.TYPE, "kid": signing.key_id()}
        for header, reason in (
            ({**ours, "kid": "mine"}, Reason.KEY),
            ({**ours, "kid": "mine", "jwk": jwk}, Reason.KEY),
            (ours, Reason.SIGNATURE),
            ({**ours, "jwk": jwk}, Reason.SIGNATURE),
            ({**ours, "jku": "https://evil.example/jwks.json"}, Reason.SIGNATURE),
            ({**ours, "x5u": "https://evil.example/chain.pem"}, Reason.SIGNATURE),
            ({"typ": signing.TYPE}, Reason.KEY),
        ):
            forged = PyJWS().encode(b"{}", own, "ES256", header)
            assert verification.verify(forged) == Verdict(reason, None), header

    @pytest.mark.parametrize("kid", ["", "../../etc/passwd", "' OR 1=1 --", "a" * 5000])
    def test_a_key_id_is_only_compared(self, kms: Kms, kid: str) -> None:
        shown = with_header(signing.signed({"n": 1}), kid=kid)
        assert verification.verify(shown) == Verdict(Reason.KEY, None)

    @pytest.mark.parametrize("typ", ["JWT", "at+jwt", "", None, 7, "CONSENT-RECEIPT+JWT"])
    def test_nothing_that_was_signed_for_something_else(self, kms: Kms, typ: Any) -> None:
        header = {"typ": typ, "kid": signing.key_id()}
        other = PyJWS().encode(b'{"n":1}', kms.key, "ES256", header)
        assert verification.verify(other) == Verdict(Reason.TYPE, None)

    @pytest.mark.parametrize(
        "members",
        [
            {"crit": ["exp"]},
            {"crit": ["b64"], "b64": False},
            {"crit": 7},
            {"b64": False},
            {"kid": 7},
        ],
    )
    def test_extensions_that_nobody_understands(self, kms: Kms, members: dict[str, Any]) -> None:
        shown = with_header(signing.signed({"n": 1}), **members)
        for one in (shown, "{0}..{2}".format(*shown.split("."))):
            assert not verification.verify(one).valid


def headed(header: bytes) -> str:
    return f"{encoded(header)}.e30.e30"


HOSTILE = {
    "nothing": "",
    "dots": "..",
    "many dots": "." * 5000,
    "two parts": "a.b",
    "four parts": "a.b.c.d",
    "no base64": "!.!.!",
    "padded": "e30=.e30=.e30=",
    "deep header": headed(b"[" * 20_000),
    "deep objects": headed(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "huge header": headed(json.dumps({"alg": "ES256", "x": "y" * 60_000}).encode()),
    "huge number": headed(b"9" * 6000),
    "header is no object": headed(json.dumps([]).encode()),
    "header is null": headed(json.dumps(None).encode()),
    "header is no JSON": headed(b"no"),
    "header is no UTF-8": headed(bytes([255, 254, 253])),
    "NaN": headed(b'{"alg": NaN}'),
    "huge": "a" * 1_000_000,
    "huge parts": ".".join(["a" * 300_000] * 3),
    "accents": "è.è.è",
    "emoji": "\U0001f4a9.e30.e30",
    "surrogate": "\ud800.e30.e30",
    "digits of elsewhere": "١.٢.٣",
    "NUL": "\0.\0.\0",
    "JSON serialisation": '{"payload":"e30","signatures":[]}',
    "script": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_is_shown_has_a_verdict(kms: Kms, name: str) -> None:
    verdict = verification.verify(HOSTILE[name])
    assert (verdict.valid, verdict.content) == (False, None)
    assert verdict.reason in (Reason.FORMAT, Reason.ALGORITHM, Reason.TYPE)


@settings(suppress_health_check=list(HealthCheck), max_examples=examples(300))
@given(st.text(max_size=400) | st.from_regex(r"\A[\w-]+\.[\w-]+\.[\w-]+\Z"))
def test_whatever_can_be_written_has_a_verdict(kms: Kms, text: str) -> None:
    assert not verification.verify(text).valid


@settings(suppress_health_check=list(HealthCheck), max_examples=examples(200))
@given(
    st.dictionaries(
        st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "cty"]) | st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=5,
        ),
    ),
    st.binary(max_size=100),
    st.binary(max_size=80),
)
def test_whatever_a_header_says_there_is_a_verdict(
    kms: Kms, header: dict[str, Any], payload: bytes, signature: bytes
) -> None:
    own = {"alg": "ES256", "typ": signing.TYPE, "kid": signing.key_id()}
    for one in (header, {**header, **own}, {**own, **header}):
        shown = ".".join([encoded(one), encoded(payload), encoded(signature)])
        assert not verification.verify(shown).valid
