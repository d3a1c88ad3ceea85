"""Numbers of cards are found however they are written; other numbers are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.records.cards import has_card, is_right

VISA, AMEX, MAESTRO, SHORT = (
    "4111111111111111",
    "378282246310005",
    "6799990100000000019",
    ("4222222222222"),
)


@pytest.mark.parametrize("number", [VISA, AMEX, MAESTRO, SHORT])
def test_a_number_with_the_right_check_digit_is_one(number: str) -> None:
    assert is_right(number)
    assert has_card(number)
    last = (int(number[-1]) + 1) % 10
    assert not has_card(f"{number[:-1]}{last}")


@pytest.mark.parametrize(
    "value",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111/1111_1111,1111",
        "4111\u00a01111\u20111111\u200b1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "paid with 4111 1111 1111 1111 on Monday",
        "order 12, 4111 1111 1111 1111, 30 euros",
        "Ada4111111111111111Lovelace",
        "４１１１ １１１１ １１１１ １１１１",
        "٤١١١١١١١١١١١١١١١",
        4111111111111111,
        4111111111111111.0,
        -4111111111111111,
        41111111111111.11,
        ["nothing", {"deep": "4111 1111 1111 1111"}],
        {"4111111111111111": "name"},
    ],
)
def test_it_is_found_however_it_is_written(value: Any) -> None:
    assert has_card(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no digits",
        "4111 1111 1111 1112",
        "411111111111",  # twelve digits
        "41111111111111111111",  # twenty in one group
        "4111 1111 x 1111 1111",
        "0000 0000 0000 0000",
        "2026-11-30",
        "+39 06 1234567",
        "0b1c2d3e-4f5a-4b6c-8d7e-9f0a1b2c3d4e",
        12.5,
        0,
        True,
        None,
        [],
        {"name": "Ada"},
    ],
)
def test_other_values_hold_none(value: Any) -> None:
    assert not has_card(value)
