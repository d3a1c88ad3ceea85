"""Links that end mails: one that we made is read again, and nothing else is one."""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.errors import Unprocessable
from chalicelib.unsubscribe import model
from chalicelib.unsubscribe.model import VALID, Kind, Link, Scope
from chalicelib.unsubscribe.service import links
from chalicelib.web.request import path_parameters
from tests.unit.core.samples import NOW, SUBJECT, VISITOR

KEY = b"a key that is not KMS's"
CHARACTERS = string.ascii_letters + string.digits + "._~-"
SUBJECTS = st.from_regex(r"(?:[a-z2-7]{26}|v[a-z2-7]{32})", fullmatch=True)
SCOPES = st.builds(
    Scope, st.sampled_from(Kind), st.from_regex(r"[a-z][a-z0-9_]{0,47}", fullmatch=True)
)
LINKS = st.builds(Link, SUBJECTS, SCOPES, st.integers(10**9, 10**10 - 1))
A_LINK = Link(SUBJECT, Scope(Kind.PURPOSE, "offers_email"), 1_800_000_000)


def mac(link: Link) -> bytes:
    """What KMS would make of a link."""
    return hmac.digest(KEY, link.signed(), hashlib.sha256)


def token(link: Link) -> str:
    return model.token(link, mac(link))


def verifies(text: str) -> bool:
    found = model.read_token(text)
    return found is not None and model.proves(found[1], mac(found[0]))


@given(LINKS)
def test_what_was_made_is_read_again(link: Link) -> None:
    text = token(link)
    found = model.read_token(text)
    assert found is not None
    assert found[0] == link
    assert verifies(text)


@given(LINKS)
def test_it_fits_a_segment_of_a_path_and_nothing_of_it_is_escaped(link: Link) -> None:
    text = token(link)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{1,128}", text)
    assert path_parameters({"token": text}) == {"token": text}


def test_the_longest_has_128_characters() -> None:
    longest = Link(VISITOR, Scope(Kind.PURPOSE, "p" * 48), 1_800_000_000)
    assert len(token(longest)) == 128


@given(LINKS, st.data())
def test_with_any_one_character_changed_it_does_not_verify(link: Link, data: st.DataObject) -> None:
    text = token(link)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([one for one in CHARACTERS if one != text[at]]))
    assert not verifies(text[:at] + other + text[at + 1 :])


def test_no_character_can_be_changed_at_all() -> None:
    """Not even one whose last bits a decoder would drop."""
    text = token(A_LINK)
    changed = (
        text[:at] + other + text[at + 1 :]
        for at in range(len(text))
        for other in string.printable
        if other != text[at]
    )
    assert [one for one in changed if verifies(one)] == []


@given(LINKS, st.data())
def test_cut_short_or_with_more_it_does_not_verify(link: Link, data: st.DataObject) -> None:
    text = token(link)
    assert not verifies(text[: data.draw(st.integers(0, len(text) - 1))])
    assert not verifies(text + data.draw(st.text(min_size=1, max_size=3)))
    assert not verifies(data.draw(st.text(min_size=1, max_size=3)) + text)


@given(LINKS, LINKS)
def test_the_mac_of_one_is_no_other_s(one: Link, other: Link) -> None:
    assert verifies(model.token(one, mac(other))) is (one == other)


@given(st.text(max_size=200))
def test_whatever_else_is_written_is_no_link(text: str) -> None:
    assert not verifies(text)


def test_a_mac_stands_for_a_link_and_for_nothing_else() -> None:
    assert A_LINK.signed() == f"unsubscribe\n{SUBJECT}.p-offers_email.1800000000".encode()


@pytest.fixture
def _signing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_mac", mac)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")


def opened(minted: links.Minted) -> Link:
    return links.open_link(minted.url.removeprefix("https://privacy.example/v1/unsubscribe/"))


@pytest.mark.usefixtures("_signing")
def test_a_link_works_for_a_year_to_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    minted = links.mint(SUBJECT, A_LINK.scope)
    assert minted.expires_at == (NOW + VALID).replace(microsecond=0)
    last = minted.expires_at - timedelta(microseconds=1)
    monkeypatch.setattr(clock, "now", lambda: last)
    assert opened(minted).subject == SUBJECT
    monkeypatch.setattr(clock, "now", lambda: minted.expires_at)
    for read in (links.open_link, links.looked_at):
        with pytest.raises(Unprocessable) as refused:
            read(minted.url.rpartition("/")[2])
        assert refused.value.type == "link-not-valid"


@pytest.mark.usefixtures("_signing")
def test_a_link_that_was_put_together_by_somebody_is_refused() -> None:
    minted = links.mint(SUBJECT, Scope(Kind.NOTIFICATION, "new_sign_in"))
    forged = minted.url.rpartition("/")[2].replace("n-new_sign_in", "p-new_sign_in")
    with pytest.raises(Unprocessable):
        links.open_link(forged)
    assert links.looked_at(forged).scope.kind is Kind.PURPOSE, "which proves nothing, and says so"


@pytest.mark.usefixtures("_signing")
def test_the_language_of_the_page_is_said_beside_the_link() -> None:
    url = links.mint(SUBJECT, A_LINK.scope, "en").url
    assert url.endswith("?lang=en")
    assert verifies(url.rpartition("/")[2].removesuffix("?lang=en"))
