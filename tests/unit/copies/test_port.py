"""What a person takes along (GDPR art. 20)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.copies.port import covered
from chalicelib.kinds.model import Record
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from tests.unit.copies.samples import HELD, made, port
from tests.unit.core.samples import shipped


def changed(**members: Any) -> Notice:
    """The shipped notice with another outcome or basis."""
    document = json.loads(json.dumps(shipped().document))
    for category in document["categories"]:
        if "outcome" in members and category["id"] == "identity":
            category["outcomes"]["port"]["outcome"] = members["outcome"]
    if "basis" in members:
        for purpose in document["purposes"]:
            if purpose["basis"]["kind"] in ("consent", "contract"):
                purpose["categories"] = [
                    one for one in purpose["categories"] if one != "identity"
                ] or ["company"]
    return load_published(document)


def test_it_is_what_the_person_gave_and_what_their_use_produced() -> None:
    taken = port()
    assert taken.kinds == ["profile", "session", "email_change"]
    assert taken.fields("profile") == [
        {"email": "ada@example.org", "name": "Ada"},
        {"name": "Analytical Engines"},
    ]
    assert taken.fields("session") == [{"ip_address": "203.0.113.0/24", "approximate_place": "IT"}]
    assert taken.data["request"]["right"] == "port"
    assert taken.data["held"]["records"] == 4


def test_no_ledger_no_proof_and_nothing_of_the_organisation() -> None:
    told = {one.kind for one in HELD} & set(port().kinds)
    assert not told & {"entry", "request", "request_message", "disclosure", "obligation", "export"}
    assert not told & {"standing", "claim", "second_factor", "reference"}
    left = port().data["left_out"]
    assert "not_covered" in {one["reason"] for one in left}
    assert "not_covered" not in {one["reason"] for one in made().data["left_out"]}


@pytest.mark.parametrize("source", ["third_party", "public", "software"])
def test_nothing_from_others(source: str) -> None:
    given = Record("profile", "identity", {"name": "Ada"}, source=source)
    assert port([given]).kinds == []
    assert made(held=[given]).kinds == ["profile"]


def test_only_categories_that_the_notice_includes() -> None:
    assert "identity" in covered(shipped())
    assert "access" not in covered(shipped())
    without = changed(outcome="not_applicable")
    assert "identity" not in covered(without)
    assert [one["id"] for one in port(HELD, without).items("profile")] == ["company"]


def test_only_what_is_used_on_consent_or_contract() -> None:
    assert "identity" not in covered(changed(basis=None))


def test_nothing_covered_is_said_in_words() -> None:
    assert port([]).data["held"] == {
        "records": 0,
        "text": "Non si conserva nulla di ciò che questo diritto comprende.",
    }
