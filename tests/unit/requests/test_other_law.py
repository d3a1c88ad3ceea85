"""A right of other law is asked for, has its own time, and is answered by a person."""

from __future__ import annotations

import copy
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.requests.contract.submission import MAKE, rights_of, unfit
from chalicelib.requests.grounds import Ground, GroundNotAllowed, Right, article
from chalicelib.requests.machine import Action, Actor
from chalicelib.requests.model import timed
from tests.unit.core.samples import NOW, shipped
from tests.unit.requests.world import World

APPEAL = {
    "id": "appeal",
    "origin": "law",
    "title": {"it": "Riesame", "en": "Appeal"},
    "description": {"it": "Un rifiuto è riesaminato.", "en": "A refusal is looked at again."},
    "law": {"it": "Una legge", "en": "A law"},
    "deadline": {"within": {"days": 60}},
}


@cache
def notice() -> Notice:
    """The product's notice, with a right that no article of the GDPR gives."""
    document: dict[str, Any] = copy.deepcopy(dict(shipped().document))
    document["rights"].append(APPEAL)
    for category in document["categories"]:
        category["outcomes"]["appeal"] = {"outcome": "reviewed"}
    return compile_notice(document, STORED)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(monkeypatch)
    made.notice = notice()
    return made


def test_it_can_be_asked_for_where_the_notice_gives_it() -> None:
    assert rights_of(notice()) == [*rights_of(shipped()), "appeal"]
    for given, known in ((notice, True), (shipped, False)):
        schema = MAKE.body_schema(given)
        assert schema is not None
        assert Draft202012Validator(schema).is_valid({"right": "appeal"}) is known


@pytest.mark.parametrize("member", ["purposes", "categories", "changes", "ground"])
def test_it_has_no_members_of_other_rights(member: str) -> None:
    body: Any = {"right": "appeal", member: []}
    assert f"/{member}" in {one.pointer for one in unfit(notice(), body, NOW)}


def test_a_request_for_it_has_the_time_that_its_law_gives(world: World) -> None:
    found = timed(world.request(world.ask("appeal")), notice(), NOW)
    general = timed(world.request(world.ask("review")), notice(), NOW)
    assert found.request.right == "appeal"
    assert found.deadline.ends_on == found.received_on + timedelta(days=60)
    assert general.deadline.ends_on < found.deadline.ends_on


def test_it_is_received_told_and_refused_without_an_article_of_the_gdpr(world: World) -> None:
    request = world.ask("appeal")
    assert world.ask("appeal") == request
    world.work_off()
    assert "Right: Appeal" in world.text()
    world.act(request, Action.REFUSE, Actor.DESK, str(Ground.NO_GROUND))
    world.work_off()
    assert "Right: Appeal" in world.text()
    assert "Articles of the GDPR" not in world.text()


def test_it_is_refused_on_few_grounds() -> None:
    right = Right("appeal")
    assert article(right, Ground.NOT_IDENTIFIED) == "12(2), 12(6)"
    assert article(right, Ground.NO_GROUND) == ""
    with pytest.raises(GroundNotAllowed):
        article(right, Ground.COMPELLING_GROUNDS)


def test_a_right_is_known_by_its_id() -> None:
    assert Right("appeal") == Right("appeal") == "appeal"
    assert hash(Right("appeal")) == hash("appeal")
    assert Right("copy") is Right.COPY
    assert "appeal" not in {*map(str, Right)}
    names: list[Any] = ["", "Appeal", "an appeal", "x" * 49, 7, None]
    for name in names:
        with pytest.raises(ValueError, match="is not a valid Right"):
            Right(name)
