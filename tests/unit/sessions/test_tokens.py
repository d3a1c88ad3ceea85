from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.sessions.model import Token, new_token, read_link, read_token
from tests.unit.core.samples import SUBJECT

SECRET = "AZaz09_-" * 5 + "abc"
TEXT = f"{SUBJECT}.{SECRET}"


def test_a_token_is_read_as_it_was_written() -> None:
    token = new_token(SUBJECT)
    assert read_token(str(token)) == token
    assert read_token(TEXT) == Token(SUBJECT, SECRET)


def test_every_token_is_another() -> None:
    assert len({str(new_token(SUBJECT)) for _ in range(500)}) == 500
    assert len({new_token(SUBJECT).fingerprint for _ in range(500)}) == 500


HOSTILE = {
    "empty": "",
    "dot": ".",
    "no dot": TEXT.replace(".", ""),
    "two dots": f"{SUBJECT}..{SECRET}",
    "no subject": f".{SECRET}",
    "no secret": f"{SUBJECT}.",
    "short subject": TEXT[1:],
    "long subject": f"a{TEXT}",
    "short secret": TEXT[:-1],
    "long secret": f"{TEXT}a",
    "upper case subject": TEXT.upper(),
    "digit not of base32": f"1{TEXT[1:]}",
    "key separator": f"#{TEXT[1:]}",
    "padding": f"{TEXT[:-1]}=",
    "standard base64": f"{TEXT[:-1]}+",
    "line break after": f"{TEXT}\n",
    "space before": f" {TEXT}",
    "nul": f"{TEXT[:-1]}\x00",
    "scheme": f"Bearer {TEXT}",
    "letter outside ascii": f"é{TEXT[1:]}",
    "digit outside ascii": f"{TEXT[:-1]}٣",
    "visitor": f"v{'a' * 32}.{SECRET}",
    "percent": TEXT.replace(".", "%2E"),
    "two tokens": f"{TEXT},{TEXT}",
    "long": TEXT * 10_000,
    "surrogate": f"\ud800{TEXT[1:]}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_token(text: str) -> None:
    assert read_token(text) is None


@pytest.mark.parametrize("after", ["", "&", "&lang=it", "&lang=it&utm_source=x&", "&&=\x00"])
def test_a_link_s_token_may_come_with_what_follows_it_in_the_address(after: str) -> None:
    assert read_link(TEXT + after) == Token(SUBJECT, SECRET)
    assert (read_token(TEXT + after) is None) == bool(after)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_link_s_token(text: str) -> None:
    assert read_link(text) is None
    assert read_link(f"{text}&lang=it") is None


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert read_token(text) is None


def test_what_is_stored_does_not_give_the_secret_away() -> None:
    token = Token(SUBJECT, SECRET)
    assert token.fingerprint == ids.fingerprint(SECRET)
    assert len(token.fingerprint) == 32
    assert SECRET not in token.fingerprint
    assert token.fingerprint != Token(SUBJECT, SECRET[::-1]).fingerprint


def test_a_token_in_a_log_shows_no_secret() -> None:
    token = Token(SUBJECT, SECRET)
    for text in (repr(token), repr([token]), repr({"token": token}), f"{token!r}"):
        assert SECRET not in text
    assert str(token) == TEXT
