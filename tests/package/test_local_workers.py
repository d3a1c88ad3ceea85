"""Workers of the local engine share one unpacked copy of their package, and nothing else does."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import pytest

from infra.local.ministack import as_aws_names_it, link_copy


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def archive(folder: Path, content: str, name: str = "code.zip") -> zipfile.ZipFile:
    """A package as the engine writes it before it unpacks it, with the folder for its files."""
    (folder / "code").mkdir(parents=True)
    with zipfile.ZipFile(folder / name, "w") as written:
        written.writestr("app.py", content)
    return zipfile.ZipFile(folder / name)


def unpacked(folder: Path, content: str, name: str = "code.zip") -> Path:
    """Where the files of such a package lie after it was unpacked."""
    with archive(folder, content, name) as opened:
        link_copy(opened, str(folder / "code"))
    return folder / "code"


def test_the_same_package_is_unpacked_once(tmp_path: Path) -> None:
    first, second = (unpacked(tmp_path / name, "one") for name in ("first", "second"))
    assert (first.is_symlink(), first.resolve()) == (True, second.resolve())
    assert (second / "app.py").read_text() == "one"


def test_another_package_is_another_copy(tmp_path: Path) -> None:
    first, second = unpacked(tmp_path / "first", "one"), unpacked(tmp_path / "second", "two")
    assert [(one / "app.py").read_text() for one in (first, second)] == ["one", "two"]


def test_what_is_no_package_is_unpacked_where_it_is_asked_for(tmp_path: Path) -> None:
    found = unpacked(tmp_path / "layer", "one", "layer.zip")
    assert not found.is_symlink()
    assert (found / "app.py").read_text() == "one"


def test_the_right_to_send_a_message_is_the_right_to_send_ten() -> None:
    named = as_aws_names_it(lambda action: action)
    assert named("sqs:SendMessageBatch") == named("sqs:SendMessage") == "sqs:SendMessage"
    assert named("sqs:DeleteMessage") == "sqs:DeleteMessage"
    assert named(None) is None
