from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.breached import LIST, WIDTH, digest, is_breached, normal_form
from infra.breached import choose, main, read_collection, write_list

PROJECT = Path(__file__).parents[3]


def _entries(path: Path) -> list[bytes]:
    held = path.read_bytes()
    return [held[start : start + WIDTH] for start in range(0, len(held), WIDTH)]


def test_the_list_is_sorted_and_has_the_stated_count() -> None:
    entries = _entries(LIST)
    assert entries == sorted(set(entries))
    assert {len(entry) for entry in entries} == {WIDTH}
    stated = LIST.with_suffix(".md").read_text("utf-8")
    assert f"\n{len(entries)} passwords " in stated
    assert f" {LIST.stat().st_size} bytes." in stated
    decision = PROJECT / "docs" / "decisions" / "0017-how-passwords-are-judged.md"
    assert f" {len(entries)} breached passwords " in decision.read_text("utf-8")


def test_the_list_is_small() -> None:
    assert 70_000 * WIDTH < LIST.stat().st_size < 420_000


@pytest.mark.parametrize(
    "password", ["motherfucker", "1q2w3e4r5t6y", "professional", "iloveyou1234"]
)
def test_the_most_common_long_passwords_are_listed(password: str) -> None:
    assert is_breached(password)
    assert is_breached(password.upper())


@pytest.mark.parametrize(
    "password", ["correct horse", "motherfuckeR ", "iloveyou12345x!", "", "\ud800"]
)
def test_others_are_not(password: str) -> None:
    assert not is_breached(password)


def test_every_place_of_the_list_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = [f"password number {number}" for number in range(64)]
    target = tmp_path / "few.bin"
    assert write_list(forms, target) == len(forms)
    monkeypatch.setattr("chalicelib.accounts.breached._entries", target.read_bytes)
    assert all(map(is_breached, forms))
    assert not any(is_breached(f"{form}!") for form in forms)


def test_an_empty_list_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.accounts.breached._entries", bytes)
    assert not is_breached("motherfucker")


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


def test_capitals_that_stand_for_compatible_characters_are_folded_too() -> None:
    assert normal_form("℡ № 1") == "tel no 1"


@pytest.mark.parametrize("spelling", ["STRASSENBAHN 7", "straßenbahn 7", "ｓtrassenbahn ⁷"])
def test_spellings_share_a_digest(spelling: str) -> None:
    assert digest(spelling) == digest("strassenbahn 7")
    assert len(digest(spelling)) == WIDTH


def test_kept_is_what_is_seen_more_than_once() -> None:
    seen = [
        "written twice",
        "Written Twice",
        "seen only once",
        "a beginning",  # too short, whoever begins with it
        "a beginning of",
        "a beginning of more",
        "another collection",
        "another collection",
        "x" * 257,
        "x" * 257,
    ]
    assert choose(seen) == ["a beginning of", "another collection", "written twice"]


def test_a_collection_is_read_as_it_was_written(tmp_path: Path) -> None:
    collection = tmp_path / "collection.txt"
    collection.write_bytes("perché no  \r\n\ttabs\t\nlast".encode() + b"\nbro\xe8ken\n")
    assert list(read_collection(collection)) == ["perché no  ", "\ttabs\t", "last"]


def test_the_program_writes_the_same_bytes_for_any_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other, target = tmp_path / "one.txt", tmp_path / "other.txt", tmp_path / "list.bin"
    one.write_text("password number one\npassword number two\n", "utf-8")
    other.write_text("password number two\npassword number one\n", "utf-8")
    monkeypatch.setattr("infra.breached.LIST", target)
    written = []
    for order in ((one, other), (other, one)):
        monkeypatch.setattr("sys.argv", ["breached", *map(str, order)])
        assert main() == 0
        written.append(target.read_bytes())
    assert written[0] == written[1]
    assert len(written[0]) == 2 * WIDTH
    assert re.search(r"list\.bin: 2 passwords, 10 bytes", capsys.readouterr().out)


@pytest.mark.parametrize("arguments", [[], ["nowhere.txt"]])
def test_the_program_says_what_it_misses(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["breached", *arguments])
    before = LIST.read_bytes()
    assert main() == 1
    assert "".join(arguments) in capsys.readouterr().err
    assert LIST.read_bytes() == before
