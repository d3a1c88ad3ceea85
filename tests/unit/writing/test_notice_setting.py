"""`NOTICE=`: where it is passed on, and what each command says of a document it cannot use."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import deploy, notice, notice_document, publish
from infra.local import publish as local_publish
from infra.local import run
from infra.notice_document import (
    EXAMPLE,
    NoticeUnusable,
    check,
    chosen,
    document_of,
    gathered,
    notice_of,
)
from tests.unit.core.samples import ASSOCIATION, association, association_document
from tests.unit.docs.markdown import PROJECT

COMMANDS: dict[str, Callable[[], int]] = {
    "run": run.main,
    "deploy": lambda: deploy.main(["local", "--endpoint", "http://127.0.0.1:9"]),
    "publish": lambda: local_publish.main([""]),
    "notice": lambda: notice.main([""]),
    "test": notice_document.main,
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a local stack would begin to keep its data."""
    place = tmp_path / "place"
    monkeypatch.setenv("RISERBO_LOCAL", str(place))
    return place


def asked(name: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_NOTICE", str(name))


@pytest.mark.parametrize("command", COMMANDS)
class TestRefusal:
    def test_of_a_file_that_is_not_there(
        self,
        place: Path,
        command: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        asked("no/such.json", monkeypatch)
        assert COMMANDS[command]() == 1
        said = capsys.readouterr()
        assert said.out == ""
        first, remedy = said.err.splitlines()
        assert first == "no/such.json: No such file or directory"
        assert "NOTICE= names the file of a notice document" in remedy
        assert not place.exists()

    def test_of_a_broken_document_with_all_findings(
        self,
        place: Path,
        tmp_path: Path,
        command: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        document = association_document()
        del document["controller"]["dpo"]
        document["purposes"][1]["channels"] = []
        broken = tmp_path / "own.json"
        broken.write_text(json.dumps(document, indent=2), "utf-8")
        asked(broken, monkeypatch)
        assert COMMANDS[command]() == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert f"{broken}:" in said.err
        assert ": /controller/dpo: " in said.err
        assert ": /purposes/1/channels: " in said.err
        assert "2 findings" in said.err
        if command != "notice":
            assert "correct the document and run the command again" in said.err
            assert f"`make notice NOTICE={broken}` checks it alone" in said.err
        assert not place.exists()

    def test_of_a_file_that_holds_no_document(
        self,
        place: Path,
        tmp_path: Path,
        command: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        broken = tmp_path / "own.json"
        broken.write_text('{\n  "version": ,\n}', "utf-8")
        asked(broken, monkeypatch)
        assert COMMANDS[command]() == 1
        assert f"{broken}:2:14: (document): is not JSON: " in capsys.readouterr().err
        assert not place.exists()


class TestChoice:
    def test_is_the_example_without_a_setting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("RISERBO_NOTICE", raising=False)
        assert chosen() == EXAMPLE
        asked("", monkeypatch)
        assert chosen() == EXAMPLE
        assert notice_document.main() == 0

    def test_is_what_is_named_before_the_setting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked("setting.json", monkeypatch)
        assert chosen() == Path("setting.json")
        assert chosen("named.json") == Path("named.json")

    def test_is_seen_from_the_folder_of_the_caller(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "own.json").write_bytes(ASSOCIATION.read_bytes())
        asked("own.json", monkeypatch)
        monkeypatch.chdir(tmp_path)
        assert notice_of(chosen()).digest == association().digest


@pytest.mark.parametrize(
    ("body", "said"),
    [("{", "is not JSON"), ('{"version": "a", "version": "b"}', "/version: is given twice")],
)
def test_the_operators_command_refuses_what_is_hardly_a_document(
    tmp_path: Path, body: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.json"
    file.write_text(body, "utf-8")
    with pytest.raises(NoticeUnusable, match=said):
        document_of(file)
    assert publish.main([str(file)]) == 1
    assert said in capsys.readouterr().err
    assert publish.main([str(tmp_path / "none.json")]) == 1
    assert "No such file" in capsys.readouterr().err


class TestMake:
    """What the Makefile hands to the commands, without running one."""

    def made(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["make", "--silent", *arguments],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def seen(self, *arguments: str, **environment: str) -> str:
        told = "seen: ; @printf '%s' \"$$RISERBO_NOTICE\""
        return self.made(f"--eval={told}", "seen", *arguments, **environment)

    def test_hands_the_name_on_as_it_was_given(self) -> None:
        assert self.seen() == ""
        assert self.seen("NOTICE=my notices/own.json") == "my notices/own.json"
        assert self.seen(NOTICE="own.json") == "own.json"
        assert self.seen(RISERBO_NOTICE="own.json") == "own.json"
        assert self.seen("NOTICE=own.json", RISERBO_NOTICE="other.json") == "own.json"

    def test_takes_the_older_names_of_publish_and_notice(self) -> None:
        publish = self.made("--dry-run", "publish", "DOCUMENT=own.json")
        assert publish.endswith(' -m infra.local.publish "own.json"\n')
        assert self.made("--dry-run", "publish").endswith(' -m infra.local.publish ""\n')
        assert ' -m infra.notice "own.json"\n' in self.made("--dry-run", "notice", "FILE=own.json")

    def test_checks_the_document_before_it_tests_anything(self) -> None:
        # make runs a line that calls make even when it is to run nothing.
        with pytest.raises(subprocess.CalledProcessError) as failed:
            self.made("--dry-run", "test", "NOTICE=none.json", "TESTS=no/such/folder")
        assert "none.json: No such file or directory\n" in failed.value.stderr
        assert "no/such/folder" not in failed.value.stderr
        assert "lint-imports" not in failed.value.stdout


def test_findings_of_one_kind_are_one_line() -> None:
    document = json.loads(EXAMPLE.read_text("utf-8"))
    document["fallback"] = False
    document["locales"].append("de")
    compiled, found = check(json.dumps(document).encode())
    assert compiled is None
    assert len(found) > 400
    (line,) = gathered("notice.json", found)
    assert line.startswith("notice.json:1:")
    assert f"So at {len(found) - 1} more places: /" in line
    assert len(gathered("notice.json", found[:2])) == 2
