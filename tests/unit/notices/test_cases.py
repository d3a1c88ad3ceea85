"""What an organisation may write: changes to the association's document, and what comes of each.

A file of `cases/` is a list of cases. One without `refused` compiles, and its page, record of
processing and mails can be made; one with `refused` has its findings at exactly these places.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published
from chalicelib.notices.rehearsal import rehearse
from tests.unit.notices.patches import patched

FOLDER = Path(__file__).with_name("cases")
CASES = [
    (f"{file.stem}: {one['case']}", one)
    for file in sorted(FOLDER.glob("*.json"))
    for one in json.loads(file.read_text("utf-8"))
]


def test_a_case_has_a_name_of_its_own() -> None:
    names = [name for name, _ in CASES]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", [one for _, one in CASES], ids=[name for name, _ in CASES])
def test_it_compiles_or_is_refused_at_its_places(
    association: dict[str, Any], case: dict[str, Any]
) -> None:
    document = patched(association, case["patch"])
    if "refused" not in case:
        notice = compile_notice(document, STORED)
        assert rehearse(notice) == ()
        assert load_published(document).digest == notice.digest
        return
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(document, STORED)
    assert sorted({one.pointer for one in caught.value.findings}) == sorted(case["refused"])
