from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import chalicelib
from chalicelib import settings

REQUIRED: dict[str, Callable[[], str]] = {
    "RISERBO_STAGE": settings.stage,
    "RISERBO_RECORDS_TABLE": settings.records_table,
    "RISERBO_ACCESS_TABLE": settings.access_table,
    "RISERBO_LINKS_TABLE": settings.links_table,
    "RISERBO_LIMITS_TABLE": settings.limits_table,
    "RISERBO_KEYS_TABLE": settings.keys_table,
    "RISERBO_EXPORTS_BUCKET": settings.exports_bucket,
    "RISERBO_ERASURES_BUCKET": settings.erasures_bucket,
    "RISERBO_KEY_EVIDENCE": lambda: settings.class_key("evidence"),
    "RISERBO_ADDRESS_KEY": settings.address_key,
    "RISERBO_NOTICE_KEY": settings.notice_key,
    "RISERBO_CALLBACK_KEY": settings.callback_key,
    "RISERBO_RECEIPT_KEY": settings.receipt_key,
    "RISERBO_MAIL_QUEUE_URL": lambda: settings.queue_url("mail"),
    "RISERBO_PUBLIC_URL": settings.public_url,
    "RISERBO_MAIL_SENDER": settings.mail_sender,
}
ROOT = Path(chalicelib.__path__[0]).parent


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RISERBO_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_setting_is_read_when_it_is_asked_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(settings.MissingSetting, match=f"^{name}$"):
        REQUIRED[name]()
    monkeypatch.setenv(name, "")
    with pytest.raises(settings.MissingSetting, match=f"^{name}$"):
        REQUIRED[name]()
    monkeypatch.setenv(name, "one")
    assert REQUIRED[name]() == "one"
    monkeypatch.setenv(name, "two")
    assert REQUIRED[name]() == "two"


def test_the_public_url_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example/api/")
    assert settings.public_url() == "https://privacy.example/api"


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.cors_origins() == frozenset()
    monkeypatch.setenv("RISERBO_CORS_ORIGINS", " https://a.example, ,https://b.example,")
    assert settings.cors_origins() == {"https://a.example", "https://b.example"}


def test_the_clock_file_is_a_matter_of_the_local_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_CLOCK_FILE", "offset")
    assert settings.clock_file() is None
    for stage in ("dev", "staging", "production"):
        monkeypatch.setenv("RISERBO_STAGE", stage)
        assert settings.clock_file() is None
    monkeypatch.setenv("RISERBO_STAGE", settings.LOCAL)
    assert settings.clock_file() == "offset"
    monkeypatch.setenv("RISERBO_CLOCK_FILE", "")
    assert settings.clock_file() is None


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product, by its path from the root."""
    for folder in ("chalicelib", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def uses(name: str, tree: ast.Module, *, of: str) -> bool:
    """Whether a module names `of.name`."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == of
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize(
    ("of", "name", "only"),
    [
        ("os", "environ", "chalicelib/settings.py"),
        ("os", "getenv", None),
        ("datetime", "now", "chalicelib/clock.py"),
        ("datetime", "utcnow", None),
        ("date", "today", None),
        ("time", "time", None),
        ("uuid", "uuid4", None),
    ],
)
def test_environment_and_time_come_in_at_one_place(of: str, name: str, only: str | None) -> None:
    found = {path for path, tree in sources() if uses(name, tree, of=of)}
    assert found == ({only} if only else set())
