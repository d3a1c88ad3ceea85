"""`make notice`: findings with their places, or what the document is and its renderings."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.notices import rehearsal
from chalicelib.notices.rendering import render_html
from infra import notice as command
from infra.notice_document import check
from infra.notice_places import MAX_BYTES
from tests.unit.core.samples import ASSOCIATION, SHIPPED, association, association_document
from tests.unit.docs.markdown import PROJECT

Write = Callable[[str | bytes], str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command writes."""
    monkeypatch.setattr(command, "WRITTEN", tmp_path / "written")
    return tmp_path / "written"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a file and gives its name."""

    def written(text: str | bytes) -> str:
        path = tmp_path / "mine.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return written


def line_of(text: str, part: str) -> int:
    """The line in which a part of a text stands, which it does once."""
    assert text.count(part) == 1
    return text[: text.index(part)].count("\n") + 1


def test_the_address_of_the_pages_need_not_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISERBO_PUBLIC_URL")
    monkeypatch.setattr(rehearsal, "_passed", {})
    notice, findings = check(json.dumps(association_document()).encode())
    assert notice is not None
    assert findings == []


def test_all_findings_are_told_in_the_order_of_the_text(
    folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {"notes": "none", **association_document()}
    document["purposes"][1]["channels"] = ["pigeon"]
    del document["recipients"][1]["transfer"]
    text = json.dumps(document, indent=2)
    text = text.replace('"version"', '"version": "2020-01-01",\n  "version"', 1)
    name = write(text)
    assert command.main([name]) == 1
    *told, last = capsys.readouterr().err.splitlines()
    assert last == "4 findings; nothing was written."
    places = {line.split(": ")[1]: line.split(": ")[0] for line in told}
    assert places == {
        "/notes": f"{name}:2:3",
        "/version": f"{name}:4:3",
        "/purposes/1/channels/0": f"{name}:{line_of(text, 'pigeon')}:9",
        # What is missing is shown where the recipient begins that lacks it.
        "/recipients/1/transfer": f"{name}:{line_of(text, 'Our web host') - 4}:5",
    }
    assert list(places) == sorted(places, key=lambda one: int(places[one].split(":")[1]))
    assert not folder.exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", ":1:2: (document): is not JSON: "),
        (b"{}\n}", ":2:1: (document): is not JSON: "),
        (b'"\xff"', ":1:2: (document): is not UTF-8."),
        (b"[]", ":1:1: (document): must be a JSON object"),
        (b'{"a\\u001b": 1, "a\\u001b": 2}', ":1:16: /a\\x1b: is given twice"),
        (b'{"\\ud800": 1}', ":1:1: (document): has a member name that is not valid"),
        (b'{"version": 1e999}', ":1:2: /version: is not a number that JSON can carry exactly."),
        (b"{}" + b" " * MAX_BYTES, ":1:1: (document): is longer than"),
    ],
)
def test_what_is_hardly_a_document_is_refused_with_its_place(
    folder: Path, write: Write, capsys: pytest.CaptureFixture[str], body: bytes, said: str
) -> None:
    name = write(body)
    assert command.main([name]) == 1
    told = capsys.readouterr().err
    assert f"{name}{said}" in told
    assert told.isprintable() or set("\n") >= {c for c in told if not c.isprintable()}
    assert not folder.exists()


def test_one_finding_is_counted_as_one(
    folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([write("{")]) == 1
    assert capsys.readouterr().err.endswith("1 finding; nothing was written.\n")


def test_a_document_that_compiles_is_told_and_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(ASSOCIATION)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Millbrook Allotments, version 2025-03-01"
    assert association().digest in told[1]
    assert "purposes: 5 (with consent: 1)" in told
    assert "  newsletter (consent): Send the seasonal letter" in told
    assert "to confirm before production: 0" in told
    names = ["notice.en.html", "notice.en.md", "processing.en.csv", "processing.en.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert told[-4:] == [f"wrote {folder / name}" for name in names]
    assert (folder / names[0]).read_text("utf-8") == render_html(association(), "en")
    with (folder / names[2]).open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + len(association().purposes)


def test_every_language_is_written_and_leads_to_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir()
    (folder / "notice.fr.html").write_text("of an older document")
    assert command.main([str(SHIPPED)]) == 0
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{locale}.{suffix}"
        for locale in ("it", "en")
        for name, suffix in (
            ("notice", "html"),
            ("notice", "md"),
            ("processing", "csv"),
            ("processing", "json"),
        )
    }
    italian = (folder / "notice.it.html").read_text("utf-8")
    assert 'href="notice.en.html"' in italian
    assert 'hreflang="en" href="?lang' not in italian
    assert "](notice.it.md)" in (folder / "notice.en.md").read_text("utf-8")
    told = capsys.readouterr().out
    assert "\n  purposes/newsletter" not in told
    assert "\n  controller/dpo=" in told


def test_a_language_that_the_software_does_not_know_is_pointed_out(
    folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    def in_irish(value: Any) -> Any:
        if isinstance(value, dict):
            known = {"ga" if name == "en" else name: inner for name, inner in value.items()}
            return {name: in_irish(inner) for name, inner in known.items()}
        return [in_irish(inner) for inner in value] if isinstance(value, list) else value

    document = in_irish(association_document())
    document["locales"] = ["ga"]
    assert command.main([write(json.dumps(document))]) == 0
    assert "  ga: what `labels` does not bring is shown in English" in capsys.readouterr().out
    assert (folder / "notice.ga.html").exists()


@pytest.mark.parametrize("arguments", [[], [""]])
def test_without_a_file_it_checks_that_of_the_setting_or_the_example(
    folder: Path,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RISERBO_NOTICE", raising=False)
    assert command.main(arguments) == 0
    assert capsys.readouterr().out.startswith("KeepRobust, version ")
    monkeypatch.setenv("RISERBO_NOTICE", str(ASSOCIATION))
    assert command.main(arguments) == 0
    assert capsys.readouterr().out.startswith("Millbrook Allotments, version ")


def test_a_file_that_cannot_be_read_is_no_surprise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (tmp_path / "none.json", tmp_path):
        assert command.main([str(name)]) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"{name}: ")
        assert "NOTICE= names the file of a notice document" in said


def test_it_needs_no_settings(folder: Path) -> None:
    program = (
        "import pathlib, sys; from infra import notice; "
        "notice.WRITTEN = pathlib.Path(sys.argv[2]); sys.exit(notice.main(sys.argv[1:2]))"
    )
    run = [sys.executable, "-c", program, str(ASSOCIATION), str(folder)]
    done = subprocess.run(run, cwd=PROJECT, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "notice.en.html").exists()


def test_the_file_of_the_environment_is_not_taken() -> None:
    make = ["make", "--dry-run", "--silent", "notice"]
    environment = {"FILE": "/no/such/file", "PATH": "/usr/bin:/bin"}
    shown = subprocess.run(
        make, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert 'infra.notice ""' in shown.stdout
