from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.model import (
    NotNormal,
    address_findings,
    mailbox,
    masked,
    normal_address,
    same_address,
)

LOCAL_64 = "a" * 64

NORMAL = {
    "ada@example.com": "ada@example.com",
    "Ada@Example.COM": "Ada@example.com",
    "ada+riserbo@example.com": "ada+riserbo@example.com",
    "a.d.a@example.com": "a.d.a@example.com",
    "o'neil@example.ie": "o'neil@example.ie",
    "ada@sub.example.co.uk": "ada@sub.example.co.uk",
    "ada@münchen.de": "ada@münchen.de",
    "ada@xn--mnchen-3ya.de": "ada@münchen.de",
    "ada@mu\u0308nchen.de": "ada@münchen.de",
    "ada@EXAMPLE\u3002com": "ada@example.com",
    "ada@example.com ": "ada@example.com",
    " ada@example.com": "ada@example.com",
    "\u00a0ada@example.com\t": "ada@example.com",
    f"{LOCAL_64}@example.com": f"{LOCAL_64}@example.com",
}

REFUSED = {
    "empty": "",
    "no at": "ada.example.com",
    "nothing": "@",
    "no local part": "@example.com",
    "no domain": "ada@",
    "two ats": "ada@example@example.com",
    "space inside": "ada lovelace@example.com",
    "line break after": "ada@example.com\n",
    "header": "ada@example.com\r\nBcc: all@example.com",
    "two addresses": "ada@example.com,bob@example.com",
    "display name": "Ada <ada@example.com>",
    "angle brackets": "<ada@example.com>",
    "comment": "ada(x)@example.com",
    "quoted local part": '"ada lovelace"@example.com',
    "two dots": "ada..l@example.com",
    "dot at start": ".ada@example.com",
    "dot at end": "ada.@example.com",
    "dot after domain": "ada@example.com.",
    "address literal": "ada@[127.0.0.1]",
    "no top level": "ada@example",
    "localhost": "ada@localhost",
    "reserved": "ada@example.test",
    "hyphen first": "ada@-example.com",
    "local part of 65": f"{'a' * 65}@example.com",
    "255 characters": f"ada@{'a.' * 124}it.",
    "long label": f"ada@{'a' * 64}.com",
    "nul": "a\x00da@example.com",
    "zero width": "ada@exa\u200bmple.com",
    "right to left": "ada\u202e@example.com",
    "lone surrogate": "\ud800@example.com",
    "local part outside ascii": "josé@example.com",
    "ligature": "\ufb01@example.com",
    "broken punycode": "ada@xn--a.de",
}


@pytest.mark.parametrize(("given", "normal"), NORMAL.items())
def test_an_address_in_its_normal_form(given: str, normal: str) -> None:
    assert normal_address(given) == normal
    assert normal_address(normal) == normal, "the normal form of the normal form"


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NotNormal) as refused:
        normal_address(text)
    assert not text or text not in str(refused.value)


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    try:
        normal = normal_address(text)
    except NotNormal:
        return
    assert len(normal) <= 254
    assert normal.count("@") == 1
    assert normal_address(normal) == normal


@pytest.mark.parametrize(
    "spelling",
    ["ada@example.com", "ADA@example.com", "Ada@EXAMPLE.com", "aDa@ExAmPlE.cOm"],
)
def test_spellings_of_one_mailbox(spelling: str) -> None:
    assert same_address(normal_address(spelling)) == "ada@example.com"


def test_spellings_of_one_international_domain() -> None:
    spellings = ["ada@münchen.de", "ada@MÜNCHEN.de", "ada@XN--MNCHEN-3YA.de"]
    assert len({same_address(normal_address(one)) for one in spellings}) == 1


DIFFERENT = [
    "ada@straße.de",
    "ada@strasse.de",
    "ada@example.com",
    "ada+x@example.com",
    "a.da@example.com",
    "ada@example.org",
    "ada@mail.example.com",
]


@pytest.mark.parametrize(("one", "other"), list(combinations(DIFFERENT, 2)))
def test_different_mailboxes_stay_apart(one: str, other: str) -> None:
    assert same_address(normal_address(one)) != same_address(normal_address(other))


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("ada@example.com", "a***@example.com"),
        ("a@example.com", "a***@example.com"),
        ("ada.lovelace+riserbo@example.co.uk", "a***@example.co.uk"),
        ("ada@münchen.de", "a***@münchen.de"),
        (f"{LOCAL_64}@example.com", "a***@example.com"),
    ],
)
def test_a_hint_tells_the_owner_which_and_others_nothing_more(address: str, hint: str) -> None:
    assert masked(address) == hint


@given(st.text("abc.+", min_size=2, max_size=64), st.sampled_from(["example.com", "b.it"]))
def test_a_hint_does_not_tell_how_long_a_mailbox_is(mailbox: str, domain: str) -> None:
    assert masked(f"{mailbox}@{domain}") == f"{mailbox[0]}***@{domain}"


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada+riserbo@example.com", "ada@example.com"),
        ("ada+a+b@example.com", "ada@example.com"),
        ("ada+@example.com", "ada@example.com"),
        ("+ada@example.com", "+ada@example.com"),
        ("a.da@example.com", "a.da@example.com"),
    ],
)
def test_mail_to_a_sub_address_ends_in_one_mailbox(address: str, where: str) -> None:
    assert mailbox(address) == where
    assert mailbox(where) == where


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_an_address_that_is_none_is_found_in_any_body(text: str) -> None:
    (found,) = address_findings({"email": text, "password": "x"})
    assert found.pointer == "/email"
    assert not text or text not in found.detail


@pytest.mark.parametrize("body", [None, [], "x", 1, {}, {"email": None}, {"email": ["a"]}])
def test_a_body_without_an_address_is_left_to_the_schema(body: Any) -> None:
    assert address_findings(body) == ()


@pytest.mark.parametrize("text", NORMAL)
def test_an_address_is_no_finding(text: str) -> None:
    assert address_findings({"email": text}) == ()


@given(st.text(max_size=100))
def test_no_address_breaks_the_finding(text: str) -> None:
    assert len(address_findings({"email": text})) <= 1
