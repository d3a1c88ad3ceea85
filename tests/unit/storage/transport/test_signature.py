"""Signatures are those of AWS's published test suite."""

from __future__ import annotations

import pytest

from chalicelib.storage.transport.signature import Credentials, Signer

# AWS's Signature Version 4 test suite (aws-sig-v4-test-suite): its credentials, time and scope, and
# the signatures of its requests that are a POST of `/` without a query.
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
STAMP = "20150830T123600Z"
HOST = {"host": "example.amazonaws.com", "x-amz-date": STAMP}
FORM = "application/x-www-form-urlencoded"
VECTORS = {
    "post-vanilla": (
        {},
        b"",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    "post-header-key-sort": (
        {"my-header1": "value1"},
        b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    "post-header-value-case": (
        {"my-header1": "VALUE1"},
        b"",
        "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    ),
    "post-x-www-form-urlencoded": (
        {"content-type": FORM},
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_a_signature_is_that_of_the_published_vector(name: str) -> None:
    headers, body, signature = VECTORS[name]
    signed = {**headers, **HOST}
    found = Signer("service", "us-east-1").authorization(CREDENTIALS, signed, body, STAMP)
    assert found == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={';'.join(sorted(signed))}, Signature={signature}"
    )


def test_the_kept_key_ends_with_the_day_and_with_the_secret() -> None:
    kept = Signer("dynamodb", "eu-south-1")
    other = Credentials("AKIDEXAMPLE", "another secret", None)
    asked = [(CREDENTIALS, "20261201T235959Z"), (CREDENTIALS, "20261202T000000Z")]
    for credentials, stamp in [*asked, (other, "20261202T000001Z"), *asked]:
        fresh = Signer("dynamodb", "eu-south-1").authorization(credentials, HOST, b"{}", stamp)
        assert kept.authorization(credentials, HOST, b"{}", stamp) == fresh
