"""A purpose leaves consent only with a recorded ground; a version that forgets it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.errors import BadRequest, NotFound, Unprocessable
from chalicelib.instants import instant
from chalicelib.notices import service, store
from chalicelib.notices.changes import refusals
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.model import BasisChange, LegalBasis
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.publications.service.publication import publish
from chalicelib.storage import keys
from tests.unit.core.samples import NOW, association_document
from tests.unit.publications.world import World

GROUND = {"en": "Members now pay for the letter with their fee."}
LATER = NOW + timedelta(days=20)


def moved(basis_change: dict[str, Any] | None) -> dict[str, Any]:
    """The association's next version, in which the letter is part of the membership."""
    document = association_document()
    document["version"], document["effective_at"] = "2026-12-12", instant(LATER)
    letter = document["purposes"][1]
    letter["basis"] = {"kind": "contract", "origin": "published"}
    document["forms"][0]["optional"].remove("interests.topics")
    if basis_change is not None:
        letter["basis_change"] = basis_change
    return document


def recorded(before: str = "consent") -> dict[str, Any]:
    return {"from": before, "ground": GROUND, "origin": "published"}


def found(document: dict[str, Any]) -> list[str]:
    before = compile_notice(association_document(), STORED)
    return [one.pointer for one in refusals(before, compile_notice(document, STORED))]


def test_a_recorded_ground_is_compiled() -> None:
    letter = compile_notice(moved(recorded()), STORED).purposes["newsletter"]
    assert letter.basis_change == BasisChange(LegalBasis.CONSENT, GROUND)
    assert found(moved(recorded())) == []


def test_without_a_ground_the_purpose_keeps_its_consent() -> None:
    assert found(moved(None)) == ["/purposes/1/basis_change"]


def test_a_ground_for_another_change_is_none() -> None:
    assert found(moved(recorded("legal_obligation"))) == ["/purposes/1/basis_change/from"]


def test_every_purpose_is_told() -> None:
    before = association_document()
    before["purposes"][2]["basis"] = {"kind": "consent", "origin": "published"}
    after = moved(None)
    after["purposes"].reverse()
    told = refusals(compile_notice(before, STORED), compile_notice(after, STORED))
    assert [one.pointer for one in told] == [
        "/purposes/2/basis_change",
        "/purposes/3/basis_change",
    ]


@pytest.mark.parametrize("basis", ["consent", "contract", "legal_obligation"])
def test_other_moves_need_no_ground(basis: str) -> None:
    after = association_document()
    after["purposes"][2]["basis"] = {"kind": basis, "origin": "law", "act": {"en": "An act."}}
    assert found(after) == []


def test_what_is_gone_or_new_needs_no_ground() -> None:
    after = moved(None)
    after["purposes"][1]["id"] = "letter"
    for recipient in after["recipients"]:
        recipient["purposes"] = [
            "letter" if name == "newsletter" else name for name in recipient["purposes"]
        ]
    assert found(after) == []


def test_a_change_to_the_same_basis_does_not_compile() -> None:
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(moved(recorded("contract")), STORED)
    assert [one.pointer for one in refused.value.findings] == ["/purposes/1/basis_change/from"]


@pytest.mark.parametrize(
    ("basis_change", "places"),
    [
        ({}, {"from", "ground", "origin"}),
        ({**recorded(), "ground": {}}, {"ground"}),
        ({**recorded(), "ground": {"fr": "Parce que."}}, {"ground/en", "ground/fr"}),
        ({**recorded(), "from": "habit"}, {"from"}),
        ({**recorded(), "why": "so"}, {"why"}),
        ("consent", {""}),
    ],
)
def test_a_broken_record_does_not_compile(basis_change: Any, places: set[str]) -> None:
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(moved(basis_change), STORED)
    pointers = {one.pointer for one in refused.value.findings}
    assert pointers == {f"/purposes/1/basis_change/{place}".rstrip("/") for place in places}


def test_people_read_the_ground() -> None:
    notice = compile_notice(moved(recorded()), STORED)
    assert f"Earlier legal basis: consent (GDPR Article 6(1)(a)). {GROUND['en']}" in render_html(
        notice, "en"
    )
    assert GROUND["en"] in render_markdown(notice, "en")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


class TestPublication:
    def test_a_version_without_the_ground_is_refused_and_not_stored(self, world: World) -> None:
        publish(association_document())
        before = dict(world.tables.items)
        with pytest.raises(Unprocessable) as refused:
            publish(moved(None))
        assert refused.value.type == "notice-refused"
        assert [one.pointer for one in refused.value.findings] == ["/purposes/1/basis_change"]
        assert world.tables.items == before

    def test_a_version_with_the_ground_is_published(self, world: World) -> None:
        publish(association_document())
        assert publish(moved(recorded())).version == "2026-12-12"

    def test_the_first_version_follows_nothing(self, world: World) -> None:
        assert publish(moved(None)).version == "2026-12-12"

    def test_repeating_an_earlier_version_is_no_change_of_basis(self, world: World) -> None:
        first = association_document()
        first["purposes"][1]["basis"] = {"kind": "contract", "origin": "published"}
        first["forms"][0]["optional"].remove("interests.topics")
        publish(first)
        publish(association_document() | {"version": "2026-12-12", "effective_at": instant(LATER)})
        world.now = LATER + timedelta(days=1)
        assert service.current().choices.keys() == {"newsletter"}
        publish(first, again=True)
        assert service.current().version == "2026-12-12"


class TestCompared:
    @pytest.fixture(autouse=True)
    def two(self, world: World) -> None:
        publish(association_document())
        publish(moved(recorded()))

    def names(self, version: str, since: str | None) -> tuple[str, str]:
        before, after = service.compared(version, since)
        return before.version, after.version

    def test_the_one_before_it_is_found(self) -> None:
        assert self.names("2026-12-12", None) == ("2025-03-01", "2026-12-12")

    def test_any_earlier_one_may_be_named(self) -> None:
        assert self.names("2026-12-12", "2025-03-01") == ("2025-03-01", "2026-12-12")
        assert self.names("2025-03-01", "2025-03-01") == ("2025-03-01", "2025-03-01")

    def test_what_was_not_in_force_before_it_is_passed_over(self, world: World) -> None:
        listed = store.VersionItem(
            keys.NOTICES,
            keys.notice_version("2026-11-30"),
            kind=store.KIND,
            version="2026-11-30",
            digest="d" * 64,
            effective_at=LATER + timedelta(days=30),
            text_date="2026-11-30",
            published_at=NOW,
        )
        world.tables.put(listed)
        assert self.names("2026-12-12", None)[0] == "2025-03-01"

    def test_there_is_none_before_the_first(self) -> None:
        with pytest.raises(NotFound) as refused:
            service.compared("2025-03-01", None)
        assert "first version" in refused.value.detail

    @pytest.mark.parametrize(
        ("version", "since"), [("1999-01-01", None), ("2026-12-12", "1999-01-01")]
    )
    def test_unknown_versions_are_not_found(self, version: str, since: str | None) -> None:
        with pytest.raises(NotFound):
            service.compared(version, since)

    def test_the_wrong_order_is_said(self) -> None:
        with pytest.raises(BadRequest) as refused:
            service.compared("2025-03-01", "2026-12-12")
        assert [one.pointer for one in refused.value.findings] == ["/query/since"]
