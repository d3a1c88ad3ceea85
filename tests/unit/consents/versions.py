"""Versions of the shipped notice that may follow one another, in any order and again and again."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from chalicelib.catalogue import STORED
from chalicelib.instants import instant
from chalicelib.notices.changes import Change, changes
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.widening import widenings
from tests.unit.core.samples import NOW, SHIPPED

SURVEYS, PROMOTION, ADVERTISING, PARTNERS = (
    "surveys",
    "promotion",
    "advertising_cookies",
    "partner_lists",
)
INTEREST, CONTRACT, DUTY = "improvement", "run_account", "rights_and_proof"
PURPOSES = (SURVEYS, PROMOTION, ADVERTISING, PARTNERS, INTEREST, CONTRACT, DUTY)

Edit = Callable[[dict[str, Any]], None]


def _purpose(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document["purposes"] if one["id"] == name)
    return found


def _as_it_is(_document: dict[str, Any]) -> None:
    pass


def _surveys_need_no_consent(document: dict[str, Any]) -> None:
    words = {"it": "Per migliorare.", "en": "To get better."}
    surveys = _purpose(document, SURVEYS)
    surveys["basis"] = {
        "kind": "legitimate_interest",
        "origin": "controller_choice",
        "interest": words,
    }
    surveys["basis_change"] = {"from": "consent", "ground": words, "origin": "controller_choice"}


def _surveys_are_in_the_contract(document: dict[str, Any]) -> None:
    _surveys_need_no_consent(document)
    basis = {"kind": "contract", "origin": "controller_choice"}
    _purpose(document, SURVEYS)["basis"] = basis


def _promotion_uses_more(document: dict[str, Any]) -> None:
    _purpose(document, PROMOTION)["categories"].append("device")


def _advertising_lasts(document: dict[str, Any]) -> None:
    _purpose(document, ADVERTISING)["lasts"] = {"months": 24}


def _surveys_are_given_up(document: dict[str, Any]) -> None:
    document["purposes"] = [one for one in document["purposes"] if one["id"] != SURVEYS]
    document["forms"] = [one for one in document["forms"] if one.get("purpose") != SURVEYS]
    for recipient in document["recipients"]:
        recipient["purposes"] = [one for one in recipient["purposes"] if one != SURVEYS]


EDITS: dict[str, Edit] = {
    "as it is": _as_it_is,
    "surveys need no consent": _surveys_need_no_consent,
    "surveys are in the contract": _surveys_are_in_the_contract,
    "promotion uses more": _promotion_uses_more,
    "advertising lasts": _advertising_lasts,
    "surveys are given up": _surveys_are_given_up,
}


@cache
def _compiled(name: str) -> Notice:
    document = copy.deepcopy(json.loads(SHIPPED.read_text("utf-8")))
    EDITS[name](document)
    document["effective_at"] = instant(NOW)
    return compile_notice(document, STORED)


@cache
def _changes(before: str, after: str) -> tuple[Change, ...]:
    return changes(_compiled(before), _compiled(after))


class Versions:
    """What was published, one after the other, as the pointer and its widenings would have it."""

    def __init__(self) -> None:
        self.name = "as it is"
        self.number = 1
        self.notice = _compiled(self.name)

    def publish(self, name: str) -> None:
        """Puts another version in force, on the next day."""
        found = _changes(self.name, name)
        self.number += 1
        later = NOW + timedelta(days=self.number)
        after = replace(_compiled(name), version=f"{later:%Y-%m-%d}", digest=f"{self.number:064x}")
        added = widenings(self.notice, after, found)
        self.name, self.notice = name, replace(after, widenings=added)
