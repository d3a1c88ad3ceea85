"""A notice cannot keep a hold beyond its end, nor have somebody decide whether it has one."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from tests.unit.core.samples import association_document

PLAIN: dict[str, Any] = {
    "id": "hold_ended",
    "origin": "law",
    "kind": "hold",
    "from": "ended",
    "period": {"days": 0},
}


def findings(**members: Any) -> dict[str, str]:
    """What is said of a rule for holds, by its member."""
    document = association_document()
    document["retention"].append({**PLAIN, **members})
    try:
        compile_notice(document, STORED)
    except NoticeRefused as invalid:
        return {one.pointer.rpartition("/")[2]: one.detail for one in invalid.findings}
    return {}


def test_a_rule_that_says_what_the_software_does_is_taken() -> None:
    assert findings() == {}
    assert findings(then="erase") == {}


@pytest.mark.parametrize("period", [{"days": 1}, {"months": 1}, {"years": 5}])
def test_a_hold_goes_when_it_ends(period: dict[str, int]) -> None:
    assert "due again when it ends" in findings(period=period)["period"]


@pytest.mark.parametrize("then", ["review", "anonymise"])
def test_nobody_has_to_decide_about_it(then: str) -> None:
    assert "due again when it ends" in findings(then=then)["then"]
