from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import BadRequest
from chalicelib.web.cursor import PAGE_QUERY, DatedCursor, decode, encode, page, page_schema
from chalicelib.web.validation import findings

texts = st.from_regex(r"[A-Za-z0-9._-]{1,60}", fullmatch=True)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.fixed_dictionaries({"pk": texts, "sk": texts}))
def test_what_was_encoded_comes_back(key: dict[str, str]) -> None:
    cursor = encode(key)
    assert decode(cursor, ["sk", "pk"]) == key
    assert findings(PAGE_QUERY["cursor"], cursor) == ()


def test_the_last_page_has_no_next() -> None:
    assert page([1], None) == {"items": [1], "next": None}
    assert decode(None, ["pk"]) is None


def test_a_page_fits_its_schema() -> None:
    schema = page_schema({"type": "integer"})
    assert findings(schema, page([1, 2], {"pk": "a"})) == ()
    assert findings(schema, page([1, 2], None)) == ()
    assert findings(schema, {"items": ["x"]}) != ()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "a",
        "****",
        "é",
        packed("no json"),
        packed("[]"),
        packed("null"),
        packed('{"pk":"a"}'),
        packed('{"pk":"a","sk":""}'),
        packed('{"pk":"a","sk":5}'),
        packed('{"pk":"a","sk":"b","other":"c"}'),
        packed("[" * 600),
        packed('{"pk":"' + "a" * 1_000 + '","sk":"b"}'),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        encode({"pk": "a", "sk": "b"}) + "\n",
        "!!!!" + encode({"pk": "a", "sk": "b"}),
    ],
)
def test_what_was_not_encoded_here_is_refused(cursor: str) -> None:
    with pytest.raises(BadRequest) as refused:
        decode(cursor, ["pk", "sk"])
    assert [finding.pointer for finding in refused.value.findings] == ["/query/cursor"]


@given(st.text(max_size=1_100))
def test_any_text_is_a_cursor_or_a_400(text: str) -> None:
    try:
        found = decode(text, ["pk"])
    except BadRequest:
        return
    assert found is not None
    assert set(found) == {"pk"}


@pytest.mark.parametrize("value", ["\\ud800", "a\\u0000", "S#b", "", "a b", "x" * 129, "\u0661"])
def test_what_is_no_id_is_no_cursor(value: str) -> None:
    with pytest.raises(BadRequest):
        decode(packed(f'{{"id":"{value}"}}'), ["id"])


DATED = DatedCursor("hold")
MOMENT = datetime(2026, 12, 1, 0, 30, 15, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment", [datetime(1970, 1, 1, tzinfo=UTC), MOMENT, datetime(5138, 1, 1, tzinfo=UTC)]
)
def test_a_dated_cursor_leads_to_where_the_page_ended(moment: datetime) -> None:
    place = DATED.place(moment, "s" * 26, "h" * 26)
    assert place.keys() == {"at", "subject", "hold"}
    assert DATED.after({"cursor": encode(place)}) == (moment, "s" * 26, "h" * 26)
    later = DATED.place(moment + timedelta(microseconds=999), "s" * 26, "h" * 26)
    assert later == place  # dates are kept to the millisecond


def test_without_a_dated_cursor_a_list_begins_at_its_beginning() -> None:
    assert DATED.after({}) is None


@pytest.mark.parametrize("at", ["x", "-1", "1.5", "9" * 15, "٣"])
def test_a_dated_cursor_without_a_date_is_refused(at: str) -> None:
    forged = encode({"at": at, "subject": "s" * 26, "hold": "h" * 26})
    with pytest.raises(BadRequest):
        DATED.after({"cursor": forged})


def test_the_dated_cursor_of_another_list_is_refused() -> None:
    place = DatedCursor("review").place(MOMENT, "s" * 26, "h" * 26)
    with pytest.raises(BadRequest):
        DATED.after({"cursor": encode(place)})
