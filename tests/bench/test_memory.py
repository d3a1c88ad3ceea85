"""A copy is a stream: what it takes does not grow with what it holds."""

from __future__ import annotations

from tests.bench.memory import MOST, measured


def test_a_copy_of_50_000_records_takes_hardly_more_memory_than_one_of_100() -> None:
    few, many = measured(100), measured(50_000)
    assert (few.parts, few.pages) == (0, 2)
    assert many.parts > 1  # it goes in parts
    assert many.pages > 20  # a page of the partition for each MB
    assert many.peak <= MOST * few.peak, (few, many)
