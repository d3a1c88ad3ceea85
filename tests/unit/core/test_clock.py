from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import clock, instants
from infra.local.place import Place

INSTANTS = st.datetimes(
    min_value=datetime(1000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that moves the clock of the local stage."""
    path = tmp_path / "offset"
    monkeypatch.setenv("RISERBO_STAGE", "local")
    monkeypatch.setenv("RISERBO_CLOCK_FILE", str(path))
    return path


def offset() -> float:
    """Seconds between the domain's clock and the machine's, rounded to one."""
    return round((clock.now() - datetime.now(UTC)).total_seconds())


def test_now_is_utc_and_whole_milliseconds() -> None:
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond % 1000 == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 0), ("0", 0), ("691200\n", 691_200), ("-60", -60), (" 5 ", 5)],
)
def test_the_local_stage_reads_the_file_at_each_call(moved: Path, text: str, seconds: int) -> None:
    assert offset() == 0, "no file, no offset"
    moved.write_text(text, encoding="ascii")
    assert offset() == seconds


def test_it_is_never_back_while_it_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that read no offset for a moment took a new job for one that another worker has."""
    place, ends = Place(tmp_path), threading.Event()
    monkeypatch.setenv("RISERBO_STAGE", "local")
    monkeypatch.setenv("RISERBO_CLOCK_FILE", str(place.clock))
    place.move_clock(90)

    def move() -> None:
        while not ends.is_set():
            place.move_clock(120)
            place.move_clock(90)

    mover = threading.Thread(target=move)
    mover.start()
    try:
        # A busy machine may take a moment between the two clocks, but no half minute.
        assert min(offset() for _ in range(5_000)) > 60
    finally:
        ends.set()
        mover.join()
    assert [one.name for one in tmp_path.iterdir()] == ["clock"]


@pytest.mark.parametrize(("text", "sign"), [("9" * 11, 1), ("-" + "9" * 11, -1), ("9" * 30, 1)])
def test_an_absurd_offset_is_bounded_to_a_century(moved: Path, text: str, sign: int) -> None:
    moved.write_text(text, encoding="ascii")
    assert offset() == sign * timedelta(days=36_525).total_seconds()


@pytest.mark.parametrize("stage", ["dev", "staging", "production", "", "Local"])
def test_no_other_stage_reads_it(moved: Path, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    moved.write_text("691200", encoding="ascii")
    monkeypatch.setenv("RISERBO_STAGE", stage)
    assert offset() == 0


def test_an_instant_is_rfc_3339_in_utc() -> None:
    rome = timezone(timedelta(hours=1))
    assert instants.instant(datetime(2026, 3, 1, 0, 30, 0, 999_999, rome)) == (
        "2026-02-28T23:30:00.999Z"
    )
    assert instants.instant(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00.000Z"


@given(INSTANTS, INSTANTS)
def test_the_order_of_texts_is_the_order_of_instants(one: datetime, other: datetime) -> None:
    first, second = instants.instant(one), instants.instant(other)
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (first < second) == (one < other)
    assert abs(datetime.fromisoformat(first) - one) < timedelta(milliseconds=1)
