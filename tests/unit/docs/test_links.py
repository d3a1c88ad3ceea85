"""What documents point at exists: links, files, folders and modules named in backticks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.docs.markdown import PROJECT, anchors, code, documents, links, prose

_TOPS = ("app.py", "chalicelib", "docs", "functions", "infra", "tests", "vendor", ".chalice", ".ci")
_FILE = re.compile(
    r"[\w./-]+\.(?:py|md|json|ya?ml|toml|txt|sh|in|j2|css)|[\w.-]+(?:/[\w.-]+)+/?|[\w-]+/"
)
_RUNTIME = (".local", ".build", "exports/", "erasures/")
"""What exists only once something ran."""

_NOT_IN_THE_TREE = frozenset({"notice.json"})
"""Names of files that a reader makes."""


def _ids(document: Path) -> str:
    return document.relative_to(PROJECT).as_posix()


def _exists(name: str, beside: Path) -> bool:
    """Whether a path leads somewhere; a name without folder is that of a module of some kind."""
    if any((place / name).exists() for place in (PROJECT, beside.parent, PROJECT / "chalicelib")):
        return True
    return "/" not in name and any(PROJECT.glob(f"chalicelib/*/{name}"))


@pytest.mark.parametrize("document", documents(), ids=_ids)
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, fragment = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        if fragment:
            assert fragment in anchors(target), link


@pytest.mark.parametrize("document", documents(), ids=_ids)
def test_files_that_are_named_exist(document: Path) -> None:
    for name in code(prose(document)):
        if name.startswith(("/", *_RUNTIME)) or name in _NOT_IN_THE_TREE:
            continue
        is_path = name.split("/")[0] in _TOPS or name.endswith((".py", ".md", ".toml", ".yaml"))
        if is_path and _FILE.fullmatch(name):
            assert _exists(name, document), name


def test_names_of_files_are_recognised() -> None:
    for name in ("chalicelib/settings.py", "docs/", "infra/stages.json", "functions/http"):
        assert _FILE.fullmatch(name)
    assert not _exists("chalicelib/no_such_module.py", PROJECT / "README.md")


def test_every_document_is_within_reach() -> None:
    """A reader who starts at the README finds each document, or the folder it lies in."""
    reached: set[Path] = set()
    pending = [PROJECT / "README.md"]
    while pending:
        document = pending.pop()
        if document in reached:
            continue
        reached.add(document)
        targets = [(document.parent / link.partition("#")[0]).resolve() for link in links(document)]
        pending += [target for target in targets if target.suffix == ".md"]
        pending += [inner for target in targets if target.is_dir() for inner in target.glob("*.md")]
    assert set(documents()) <= reached


@pytest.mark.parametrize("record", sorted((PROJECT / "docs" / "decisions").glob("*.md")), ids=_ids)
def test_decisions_are_short_and_say_what_they_cost(record: Path) -> None:
    text = record.read_text("utf-8")
    assert re.fullmatch(r"[0-9]{4}-[a-z0-9-]+\.md", record.name)
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert len(text.splitlines()) <= 40
    for heading in ("## Context", "## Decision", "## Consequences"):
        assert f"\n{heading}\n" in text


def test_a_number_is_of_one_decision() -> None:
    names = [one.name[:4] for one in (PROJECT / "docs" / "decisions").glob("*.md")]
    assert sorted(names) == [f"{number:04d}" for number in range(1, len(names) + 1)]
