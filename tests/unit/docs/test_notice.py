"""docs/notice.md tells what the schema, the compiler and the example say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from infra.notice_members import DOCUMENT as MEMBERS
from infra.notice_members import members_document, read_schema
from tests.unit.docs.markdown import DOCS, PROJECT, code, rows

DOCUMENT = DOCS / "notice.md"


def _association() -> dict[str, Any]:
    path = PROJECT / "tests" / "unit" / "notices" / "association.json"
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def _blocks(language: str) -> list[str]:
    """The blocks of the worked example; those of the walk are executed by a test of their own."""
    text = DOCUMENT.read_text("utf-8").partition("\n## A worked example\n")[2]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_list_of_members_is_what_the_schema_gives() -> None:
    assert MEMBERS.read_text("utf-8") == members_document(read_schema()), "run `make docs`"


def test_every_member_of_a_notice_is_told() -> None:
    told = {name for row in rows(DOCUMENT, "What is in it") for name in code(row[1])}
    assert told == read_schema()["properties"].keys() - {"$schema"}


def test_every_origin_is_told() -> None:
    origins = read_schema()["$defs"]["origin"]["enum"]
    assert set(origins) <= set(code(DOCUMENT.read_text("utf-8")))


@pytest.mark.parametrize("block", _blocks("json"))
def test_the_examples_stand_in_the_association(block: str) -> None:
    shown, association = json.loads(block), _association()
    lists = [value for value in association.values() if isinstance(value, list)]
    assert any(shown in elements for elements in lists)


def test_there_are_examples() -> None:
    assert len(_blocks("json")) == 4


def test_the_findings_shown_are_the_compilers() -> None:
    association = _association()
    association["purposes"][1]["channels"] = []
    del association["recipients"][1]["transfer"]
    association["records"][3]["fields"]["member"].append("shoe_size")
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(association, STORED)
    told = [f"{finding.pointer}: {finding.detail}" for finding in refused.value.findings]
    assert _blocks("text") == ["\n".join(told) + "\n"]
