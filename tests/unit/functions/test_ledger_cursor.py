"""A cursor that somebody made up leads to a refusal, not to a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.consents.service import capture as service
from chalicelib.consents.service.view import History
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.storage.pages import Page
from chalicelib.web.cursor import encode
from functions.http.consents import handler
from tests.unit.core.samples import shipped

VISITOR = "v" * 43


def asked(query: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], Any]:
    """The answer to GET /v1/consents/ledger, and what the use case was asked for."""
    calls: list[tuple[int, int]] = []

    def ledger(caller: object, after: int, limit: int, notice: Notice) -> History:
        assert notice is shipped()
        calls.append((after, limit))
        return History(None, Page((), None))

    monkeypatch.setattr(service, "ledger", ledger)
    monkeypatch.setattr(notices, "current", shipped)
    event = {
        "requestContext": {"resourcePath": "/v1/consents/ledger", "httpMethod": "GET"},
        "headers": {"Riserbo-Visitor": VISITOR},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [text] for name, text in query.items()},
    }
    answer = handler(event, None)
    return answer, calls[0] if calls else None


@pytest.mark.parametrize(
    ("number", "after"), [("1", 1), ("12", 12), ("000000000012", 12), ("999999999998", 10**12 - 2)]
)
def test_a_cursor_names_the_entry_after_which_a_page_starts(
    number: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, call = asked({"cursor": encode({"id": number})}, monkeypatch)
    assert answer["statusCode"] == 200
    assert call == (after, 20)


@pytest.mark.parametrize(
    "number",
    ["1" * 13, "9" * 14, "9" * 700, "-1", "1.5", "1e3", " 1", "١٢", "²", "x", "0x1", "1_0"],
)
def test_any_other_cursor_is_refused(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, call = asked({"cursor": encode({"id": number})}, monkeypatch)
    assert answer["statusCode"] == 400
    assert call is None
    problem = json.loads(answer["body"])
    assert [one["pointer"] for one in problem["errors"]] == ["/query/cursor"]


@pytest.mark.parametrize("cursor", ["!", "e30", encode({"other": "1"}), encode({"id": ""})])
def test_what_is_no_cursor_of_this_list_is_refused(
    cursor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, call = asked({"cursor": cursor}, monkeypatch)
    assert answer["statusCode"] == 400
    assert call is None


def test_without_a_cursor_the_list_starts_at_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer, call = asked({"limit": "5"}, monkeypatch)
    assert answer["statusCode"] == 200
    assert call == (0, 5)
