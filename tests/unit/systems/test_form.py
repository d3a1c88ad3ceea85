"""The form of an upload: any piece may end anywhere, and no line is believed."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.systems.form import LINE_MAX, Unfit, checked, lines
from chalicelib.systems.model import UPLOAD_MAX, Upload
from tests.unit.systems.world import RECORD, sha256
from tests.unit.systems.world import lines as written

KNOWN = {"identity": {"name": 5, "email": 50}}


def look(body: bytes, upload: Upload | None = None, piece: int = 7) -> int:
    pieces = (body[start : start + piece] for start in range(0, len(body), piece))
    return checked(pieces, upload or Upload(len(body), sha256(body)), KNOWN)


def test_records_a_line_are_right() -> None:
    other = {"category": "identity", "fields": {"email": None, "name": "Zoë"}}
    dated = {**RECORD, "recorded_at": "2020-01-01T00:00:00Z"}
    assert look(written(RECORD, other, dated)) == 3
    assert look(b"\n\r\n" + written(RECORD)[:-1]) == 1


@pytest.mark.parametrize(
    ("body", "at", "said"),
    [
        (b"", "", "no record"),
        (b"\n \n", "", "no record"),
        (b"{", "/1", "not JSON"),
        (b"\xff\n", "/1", "UTF-8"),
        (b"[]\n", "/1", "no object"),
        (b'"x"\n', "/1", "no object"),
        (b"{}\n", "/1/fields", "object"),
        (written({"category": "identity", "fields": {}}), "/1/fields", "object"),
        (written({"category": "identity", "fields": {"name": 1}}), "/1/fields", "texts"),
        (written({"category": "identity", "fields": {"name": {"a": "b"}}}), "/1/fields", "texts"),
        (written({**RECORD, "subject": "x"}), "/1", "unknown"),
        (written({**RECORD, "recorded_at": "yesterday"}), "/1/recorded_at", "instant"),
        (written({**RECORD, "recorded_at": "2020-01-01T00:00:00"}), "/1/recorded_at", "instant"),
        (written({**RECORD, "recorded_at": 5}), "/1/recorded_at", "instant"),
        (written({"category": "device", "fields": {"name": "x"}}), "/1/category", "no category"),
        (written({"category": 5, "fields": {"name": "x"}}), "/1/category", "no category"),
        (written(RECORD, {"category": "identity", "fields": {"phone": "x"}}), "/2/fields/phone",
         "no field"),
        (written({"category": "identity", "fields": {"a/~b": "x"}}), "/1/fields/a~1~0b",
         "no field"),
        (written({"category": "identity", "fields": {"name": "x" * 6}}), "/1/fields/name",
         "longer"),
        (b'{"category":"identity","category":"identity","fields":{"name":"x"}}\n', "/1/category",
         ""),
        (b"[" * 40 + b"\n", "/1", "nested"),
        (b"x" * (LINE_MAX + 1), "/1", "line of more"),
        (written(RECORD) + b"x" * (LINE_MAX + 1) + b"\n", "/2", "line of more"),
    ],
)  # fmt: skip
def test_the_first_thing_that_is_wrong_is_said_by_its_line(body: bytes, at: str, said: str) -> None:
    with pytest.raises(Unfit) as refused:
        look(body, piece=LINE_MAX // 2)
    assert refused.value.finding.pointer == at
    assert said in refused.value.finding.detail


def test_no_value_is_repeated() -> None:
    secret = "Xq9zKw"
    for body in (
        written({"category": secret, "fields": {"name": "x"}}),
        written({"category": "identity", "fields": {"name": secret * 2}}),
        written({**RECORD, secret: secret}),
        f"{secret}\n".encode(),
    ):
        with pytest.raises(Unfit) as refused:
            look(body)
        assert secret not in repr(refused.value.finding)


def test_what_was_announced_has_to_come() -> None:
    body = written(RECORD)
    with pytest.raises(Unfit, match="size"):
        look(body, Upload(len(body) + 1, sha256(body)))
    with pytest.raises(Unfit, match="SHA-256"):
        look(body, Upload(len(body), "0" * 64))


def test_a_file_that_is_too_long_is_read_no_further() -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        piece = (b" " * 99_999 + b"\n") * 10
        while True:
            read += len(piece)
            yield piece

    with pytest.raises(Unfit, match="longer"):
        list(lines(endless()))
    assert read <= UPLOAD_MAX + 1_000_000


def test_memory_does_not_grow_with_the_file() -> None:
    record = json.dumps(RECORD).encode() + b"\n"

    def peak(count: int) -> int:
        pieces = (record * 100 for _ in range(count))
        tracemalloc.start()
        for _ in lines(pieces):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(1_000) <= 1.25 * peak(10)


@given(st.lists(st.binary(max_size=40)), st.integers(1, 20))
def test_lines_are_the_same_however_the_file_is_cut(found: list[bytes], piece: int) -> None:
    body = b"\n".join(found)
    pieces = (body[start : start + piece] for start in range(0, len(body), piece))
    expected = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    assert list(lines(pieces)) == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_right_or_said_to_be_wrong(body: bytes) -> None:
    with suppress(Unfit):
        assert look(body) > 0
