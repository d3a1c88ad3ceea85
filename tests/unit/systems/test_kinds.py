"""What a person is told of questions to other systems, and what goes with them."""

from __future__ import annotations

import pytest

from chalicelib.kinds.model import Reader, Record
from functions.kinds import registry
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.systems.world import PARTNER, World, asking


def test_a_question_is_told_by_names() -> None:
    notice = asking()
    fields = {"recipient": PARTNER, "categories": "identity gone", "right": "copy", "status": None}
    record = Record("question", f"{'r' * 26}.{PARTNER}", fields)
    (told,) = registry().told([record], Reader(SUBJECT, notice, "en", NOW))
    assert told.fields["recipient"] == notice.recipients[PARTNER].name["en"]
    assert told.fields["categories"] == [notice.categories["identity"].title["en"], "gone"]


def test_a_system_that_the_notice_lacks_is_told_by_its_id() -> None:
    fields = {"recipient": "former", "categories": ""}
    record = Record("question", f"{'r' * 26}.former", fields)
    (told,) = registry().told([record], Reader(SUBJECT, asking(), "en", NOW))
    assert told.fields["recipient"] == "former"


def test_the_body_of_an_answer_goes_before_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    request = "r" * 26
    lies = [f"{place}/{SUBJECT}/{request}/{PARTNER}" for place in ("uploads", "answers")]
    world.s3.objects |= dict.fromkeys([*lies, "answers/other"], b"x")
    registry().of("answer").release(SUBJECT, Record("answer", f"{request}.{PARTNER}", {}))
    assert set(world.s3.objects) == {"answers/other"}
