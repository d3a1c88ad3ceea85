"""The pages behind the link of a request: what they show, in every language, and what they hide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.requests.machine import Action, Actor, Entry, Status
from chalicelib.requests.model import Request, timed
from chalicelib.requests.pages.links import proven_page
from tests.unit.core.samples import NOW, shipped

TOKEN = "r" * 26 + "." + "<s>" + "x" * 40
REQUEST = Request(
    id="r" * 26,
    right="port",
    status=Status.RECEIVED,
    channel="email",
    received_at=NOW,
    completed_at=None,
    history=(Entry(NOW, Status.RECEIVED, Action.SUBMIT, Actor.PERSON),),
)


def page(language: str, status: Status = Status.RECEIVED, token: str | None = TOKEN) -> str:
    closed = NOW if status in (Status.COMPLETED, Status.REFUSED, Status.CANCELLED) else None
    request = replace(REQUEST, status=status, completed_at=closed)
    notice = shipped()

    def locale(_: Sequence[str]) -> str:
        return language

    return proven_page(notice, locale, timed(request, notice, NOW), token)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("status", Status)
def test_the_request_is_shown_as_it_stands(language: str, status: Status) -> None:
    shown, said = page(language, status), words("requests", language)
    for name in ("fact_number", "fact_right", "fact_status"):
        assert f"<dt>{said[name]}</dt>" in shown
    assert f"<dd>{said[f'status.{status}']}</dd>" in shown.replace("&#39;", "’")
    assert f"<dd>{REQUEST.id}</dd>" in shown
    open_still = status not in (Status.COMPLETED, Status.REFUSED, Status.CANCELLED)
    assert (f"<dt>{said['fact_due']}</dt>" in shown) is open_still


@pytest.mark.parametrize("language", languages())
def test_the_token_is_a_field_to_copy_from_with_its_label_and_why(language: str) -> None:
    shown, said = page(language), words("requests", language)
    (field,) = re.findall(r"<input [^>]*>", shown)
    assert 'value="' + TOKEN.replace("<", "&lt;").replace(">", "&gt;") + '"' in field
    assert " readonly" in field
    assert f'<label for="field-token">{said["token"]}</label>' in shown
    assert 'aria-describedby="hint-token"' in field
    assert f'id="hint-token">{said["token_hint"]}</p>' in shown
    assert shown.count("r" * 26 + ".") == 1
    assert not any("r" * 26 in one for one in re.findall(r'(?:href|action|src)="([^"]*)"', shown))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.AWAITING_VERIFICATION])
def test_who_signs_in_gets_no_token(language: str, status: Status) -> None:
    shown = page(language, status, None)
    assert "<input" not in shown
    assert words("requests", language)["token"] not in shown
