"""Whose yes it is, at a sign-in: every kind of purpose and decision, and what an account has."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product

import pytest

from chalicelib.catalogue import STORED
from chalicelib.consents.account_join import asking, joining
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Asked, Decided, Decision, Origin, Standing
from tests.unit.core.samples import NOW, SHIPPED, VISITOR, standing

JOINS, ASKED, NOTHING = "joins", "is asked", "nothing"

KINDS = {
    "site_measurement": "of the browser",
    "advertising_cookies": "of cookies and of people",
    "functionality_cookies": "of cookies and of people",
    "promotion": "of people",
    "surveys": "of people",
    "partner_lists": "of people",
    "run_account": "without consent",
    "gone": "without consent",
}
"""Purposes by what their consent concerns. The notice below lets another of cookies use mail."""

NOES = {Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED}
HAS: dict[str, tuple[Decision, Origin] | None] = {
    "nothing": None,
    "a question": None,
    **{
        f"{decision} ({origin})": (decision, origin)
        for decision, origin in product(Decision, Origin)
    },
}


@cache
def notice() -> Notice:
    """The shipped notice, in which a class of cookies is for a purpose that also sends mail."""
    document = copy.deepcopy(json.loads(SHIPPED.read_text("utf-8")))
    for purpose in document["purposes"]:
        if purpose["id"] == "functionality_cookies":
            purpose["channels"] = ["email"]
    return compile_notice(document, STORED)


def expected(kind: str, theirs: Decision, has: str) -> str:
    """What becomes of a browser's decision, in words of this test's own."""
    stands = HAS[has]
    if theirs in NOES or kind == "of the browser":
        settled = stands is not None and (stands[1] is Origin.OWN or stands[0] in NOES)
        return NOTHING if settled else JOINS
    if kind == "without consent" or stands is not None:
        return NOTHING
    return ASKED


def account(purpose: str, has: str) -> Standing:
    """An account that has that."""
    stands = HAS[has]
    if has == "a question":
        return replace(standing(), asks={purpose: Asked(1, NOW)})
    if stands is None:
        return standing()
    at = NOW - timedelta(days=9)
    return replace(standing(), decisions={purpose: Decided(stands[0], 1, at, "", stands[1])})


@pytest.mark.parametrize("has", HAS)
@pytest.mark.parametrize("theirs", list(Decision))
@pytest.mark.parametrize("purpose", KINDS)
def test_what_becomes_of_what_a_browser_said(purpose: str, theirs: Decision, has: str) -> None:
    kind, stands = KINDS[purpose], account(purpose, has)
    for origin in Origin:
        said = Decided(theirs, 3, NOW, notice().version, origin)
        browser = replace(standing(VISITOR), decisions={purpose: said})
        found = {
            JOINS: joining(stands, browser, notice()),
            ASKED: asking(stands, browser, notice()),
        }
        became = [name for name, decisions in found.items() if decisions == {purpose: said}]
        assert sum(map(len, found.values())) == len(became)
        assert (became or [NOTHING]) == [expected(kind, theirs, has)]
