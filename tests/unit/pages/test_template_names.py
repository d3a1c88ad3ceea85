"""What a page's template names of its own does not take the place of what the layout reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import nodes

import chalicelib
from chalicelib.pages.environment import environment
from chalicelib.pages.page import around
from tests.unit.pages.test_parts import framed

ROOMS = Path(chalicelib.__file__).parent
PAGES = sorted(
    str(path.relative_to(ROOMS))
    for path in ROOMS.rglob("*.html.j2")
    if "{% extends" in path.read_text("utf-8")
)


def exported(tree: nodes.Template) -> set[str]:
    """The macros, and the names set outside blocks and macros, which a layout sees as its own."""
    names = set[str]()
    for node in tree.body:
        if isinstance(node, nodes.Macro):
            names.add(node.name)
        elif isinstance(node, nodes.Assign):
            names.update(found.name for found in node.target.find_all(nodes.Name))
            if isinstance(node.target, nodes.Name):
                names.add(node.target.name)
    return names


def test_what_a_template_exports_is_found() -> None:
    tree = environment().parse("{% macro place(one) %}{% endmacro %}{% set a, b = 1, 2 %}")
    assert exported(tree) == {"place", "a", "b"}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_something_as_the_layout_does(name: str) -> None:
    tree = environment().parse((ROOMS / name).read_text("utf-8"))
    assert not exported(tree) & around(framed("it")).keys()
