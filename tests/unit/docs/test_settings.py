"""docs/settings.md names every setting and every command, and none that does not exist."""

from __future__ import annotations

import re

from chalicelib.limits.model import FIGURES
from tests.unit.docs.markdown import DOCS, PROJECT, code, prose, rows

DOCUMENT = DOCS / "settings.md"
_SETTING = re.compile(r"RISERBO_[A-Z_{}.]+[A-Z]")


def _documented(section: str) -> set[str]:
    return {row[0].strip("`") for row in rows(DOCUMENT, section)}


def _deployed() -> set[str]:
    """The settings that the app stack gives to its functions."""
    template = (PROJECT / "infra" / "app.yaml").read_text("utf-8")
    return set(re.findall(r"^ +(RISERBO_[A-Z_]+):", template, re.MULTILINE))


def _read() -> list[re.Pattern[str]]:
    """The settings that functions read; a part that is only known at run time matches any name."""
    source = (PROJECT / "chalicelib" / "settings.py").read_text("utf-8")
    names = re.findall(r'f?"(RISERBO_[^"]+)"', source)
    return [re.compile(re.sub(r"{[^}]*}", "[A-Z]+", name)) for name in names]


def _targets() -> set[str]:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_every_setting_of_the_functions_is_documented() -> None:
    assert _documented("Settings of the functions") == _deployed()


def test_every_setting_that_is_read_is_deployed_and_documented() -> None:
    documented = _documented("Settings of the functions")
    read = _read()
    assert len(read) > 10
    for pattern in read:
        assert any(pattern.fullmatch(name) for name in documented), pattern.pattern
    for name in documented:
        assert any(pattern.fullmatch(name) for pattern in read), name


def test_every_setting_of_the_commands_is_documented() -> None:
    named = set()
    for source in (PROJECT / "infra").rglob("*.py"):
        named |= set(re.findall(r'"(RISERBO_[A-Z_]+)"', source.read_text("utf-8")))
    functions = _documented("Settings of the functions")
    assert _documented("Settings of the commands") == named - functions


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = _documented("Settings of the functions") | _documented("Settings of the commands")
    for document in DOCS.rglob("*.md"):
        named = {name for name in code(prose(document)) if _SETTING.fullmatch(name)}
        assert named <= known, document.name


def test_every_figure_of_a_limit_is_documented_with_its_bounds() -> None:
    told = {row[0].strip("`"): row[1:] for row in rows(DOCUMENT, "Limits")}
    assert told.keys() == FIGURES.keys()
    for name, figure in FIGURES.items():
        default, _, low, high = told[name]
        assert [int(one) for one in (default, low, high)] == [
            figure.default,
            figure.low,
            figure.high,
        ], name


def test_every_command_is_documented() -> None:
    assert {row.removeprefix("make ") for row in _documented("Commands")} == _targets()


def test_no_document_names_a_command_that_does_not_exist() -> None:
    targets = _targets()
    for document in (PROJECT / "README.md", *DOCS.rglob("*.md")):
        text = document.read_text("utf-8")
        named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
        assert named <= targets, document.name
