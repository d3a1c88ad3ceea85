"""The bodies that ask for a right: their members by right, and what the notice declares."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.requests.contract import submission
from chalicelib.requests.grounds import Right
from chalicelib.requests.model import CHANGES_MAX, Asked, RestrictionGround
from tests.unit.core.samples import NOW, shipped

NOTICE = shipped()
BODY: Any = submission.MAKE.body
VALIDATOR = Draft202012Validator(BODY(NOTICE))
MEMBERS: dict[str, Any] = {
    "purposes": ["improvement"],
    "categories": ["identity"],
    "changes": {"identity": {"name": "Ada"}},
    "ground": "accuracy",
}
EMAIL = {"/changes/identity/email"}
BOTH = EMAIL | {"/changes/identity/phone"}
ALLOWED = {
    ("object", "purposes"),
    ("restrict", "purposes"),
    ("restrict", "categories"),
    ("erase", "categories"),
    ("rectify", "changes"),
    ("restrict", "ground"),
    ("withdraw", "purposes"),
}


def faults(body: Any) -> set[str]:
    """The places of all faults of a body."""
    check: Any = submission.MAKE.check
    found = {error.json_path for error in VALIDATOR.iter_errors(body)}
    return found | {finding.pointer for finding in check(NOTICE, body, NOW)}


@pytest.mark.parametrize("right", submission.RECORDED)
@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_belongs_to_its_rights(right: Right, member: str) -> None:
    body = {"right": str(right), member: MEMBERS[member]}
    if (right, member) == (Right.WITHDRAW, "purposes"):
        body["purposes"] = ["surveys"]
    assert faults(body) == (set() if (str(right), member) in ALLOWED else {f"/{member}"})


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"right": "restrict", "purposes": ["nothing"]}, {"$.purposes[0]"}),
        ({"right": "erase", "categories": ["identity", "shoes"]}, {"$.categories[1]"}),
        ({"right": "erase", "categories": ["identity", "identity"]}, {"$.categories"}),
        ({"right": "rectify", "changes": {"shoes": {"size": "9"}}}, {"$.changes"}),
        ({"right": "rectify", "changes": {"identity": {"size": "9"}}}, {"$.changes.identity"}),
        ({"right": "rectify", "changes": {"identity": {"name": ""}}}, {"$.changes.identity.name"}),
        ({"right": "rectify", "changes": {"identity": {"name": " "}}}, {"/changes/identity/name"}),
        ({"right": "rectify", "changes": {"identity": {"name": None}}}, set()),
        ({"right": "restrict", "ground": "spite"}, {"$.ground"}),
        ({"right": "object", "purposes": ["run_account", "improvement"]}, {"/purposes/0"}),
        ({"right": "object", "purposes": ["offers_email"]}, set()),
        ({"right": "withdraw", "purposes": ["surveys", "improvement"]}, {"/purposes/1"}),
        ({"right": "rectify", "changes": {"identity": {"email": "a@b.example"}}}, EMAIL),
        ({"right": "rectify", "changes": {"identity": {"email": None, "phone": "9"}}}, BOTH),
        ({"right": "rectify", "changes": {"support": {"details": "Other."}}}, set()),
        ({"right": "fly"}, {"$.right"}),
        ({"right": "copy", "details": "\x07"}, {"/details"}),
        (
            {"right": "copy", "purposes": ["nothing"], "ground": "claims", "details": " "},
            {"$.purposes[0]", "/purposes", "/ground", "/details"},
        ),
        ([], {"$"}),
    ],
)
def test_every_fault_is_found(body: Any, places: set[str]) -> None:
    assert faults(body) == places


def test_a_request_has_up_to_a_hundred_corrections() -> None:
    fields = {f"f{number}": "x" for number in range(CHANGES_MAX + 1)}
    check: Any = submission.MAKE.check
    found = check(NOTICE, {"right": "rectify", "changes": {"identity": fields}}, NOW)
    assert [finding.pointer for finding in found] == ["/changes"]


def test_a_body_is_read() -> None:
    assert submission.asked({"right": "port"}) == Asked(Right.PORT)
    body = {"right": "restrict", "details": "d", **MEMBERS}
    assert submission.asked(body) == Asked(
        Right.RESTRICT,
        "d",
        ("improvement",),
        ("identity",),
        {"identity": {"name": "Ada"}},
        RestrictionGround.ACCURACY,
    )


@pytest.mark.parametrize("right", [[], {}, None, 1, ["erase"]])
def test_a_right_that_is_no_text_is_refused_and_nothing_breaks(right: Any) -> None:
    assert "$.right" in faults({"right": right, "purposes": []})
