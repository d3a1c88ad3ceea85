"""No test of the product depends on KeepRobust's facts; those of these modules do, and say so."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.product import PRODUCT, product_document

TESTS: Final = Path(__file__).parents[2]
OF_FACTS: Final = frozenset(
    {
        "functions/test_conformance.py",  # whatever compiles runs: each example, KeepRobust's too
        "functions/test_readme.py",  # the README shows what KeepRobust's people read
        "unit/docs/test_api.py",  # docs/api.md shows its purposes and fields
        "unit/docs/test_table.py",  # docs/table.md says how large a document is
        "unit/writing/test_exports.py",  # each example is written in the formats for programs
        "unit/writing/test_make_notice.py",  # the command's document where none is named
        "unit/writing/test_notice_setting.py",  # the same, for each command
    }
)
"""Modules outside this folder that read KeepRobust's document or name one of its facts."""

EXAMPLES_OF_COMMANDS: Final = frozenset({"EXAMPLE", "EXAMPLES", "example_notice"})
"""Names of `infra` under which a test gets at the examples."""


def modules(suffix: str) -> Iterator[tuple[str, str]]:
    """The path and the text of each file of the tests that are not about facts."""
    for path in sorted(TESTS.rglob(f"*{suffix}")):
        name = path.relative_to(TESTS).as_posix()
        if name not in OF_FACTS and Path(__file__).parent not in path.parents:
            yield name, path.read_text("utf-8")


def taken(text: str) -> set[str]:
    """The names by which a module gets at an example document."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("infra"):
            found |= {one.name for one in node.names}
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found & EXAMPLES_OF_COMMANDS


def facts(document: dict[str, Any], others: dict[str, Any]) -> set[str]:
    """Names, addresses, domains and dates of one organisation that another one has not."""
    controller = document["controller"]
    said = {
        document["site"]["name"],
        document["text_date"],
        controller["name"],
        controller["email"],
        *controller["address"].split(", "),
        *re.findall(r"(?:https://(?:www\.)?|@)([a-z0-9.-]+)", json.dumps(document)),
    }
    for recipient in document["recipients"]:
        said |= {recipient["id"], *recipient["name"].values()}
    theirs = json.dumps(others, ensure_ascii=False)
    return {one for one in said if one not in theirs}


def test_no_other_module_gets_at_an_example() -> None:
    assert {name: taken(text) for name, text in modules(".py") if taken(text)} == {}


def test_nothing_of_keeprobust_is_named_elsewhere(document: dict[str, Any]) -> None:
    own = facts(document, product_document())
    assert {"KeepRobust", "keeprobust@126.com", "126.com", "tencent"} <= own
    told = re.compile("|".join(re.escape(one) for one in sorted(own)), re.IGNORECASE)
    files = [*modules(".py"), *modules(".json")]
    assert {name: found[0] for name, text in files if (found := told.search(text))} == {}


def test_what_is_listed_is_there_and_is_about_facts(document: dict[str, Any]) -> None:
    """A module that needs no place in the list has none."""
    own = re.compile("keeprobust", re.IGNORECASE)
    for name in OF_FACTS:
        text = (TESTS / name).read_text("utf-8")
        assert taken(text) or own.search(text), name


def test_the_products_document_is_nobodys(document: dict[str, Any]) -> None:
    """It has all of the example's members, purposes and categories, and nobody's name."""
    made_up, text = product_document(), PRODUCT.read_text("utf-8")
    assert text == json.dumps(made_up, ensure_ascii=False, indent=2) + "\n"
    domains = set(re.findall(r"(?:https://(?:www\.)?|@)([a-z0-9.-]+)", text))
    assert domains
    assert {one for one in domains if not re.search(r"(^|\.)example(\.org)?$", one)} == set()
    assert made_up["controller"]["name"] != document["controller"]["name"]
