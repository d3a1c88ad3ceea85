"""Every link of a mail leads to a page of the privacy centre, in the language of the mail."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import chalicelib
from chalicelib.links import Page
from chalicelib.mail.model import Message
from functions.pages import page_operations
from tests.unit.mail.samples import CASES, UNSUBSCRIBE, WORDS, message, sent, text_of

BASE = "https://privacy.example"
ROOT = Path(chalicelib.__path__[0])
ONE_CLICK = UNSUBSCRIBE.replace("/unsubscribe/", "/v1/unsubscribe/")

PATHS = [
    re.compile("/".join("[^/]+" if step[:1] == "{" else step for step in one.path.split("/")))
    for one in page_operations()
    if one.method == "GET" and not one.path.endswith("+}")
]


def is_page(path: str) -> bool:
    return any(one.fullmatch(path) for one in PATHS)


def of_ours(word: object) -> object:
    """A word of the samples as its composer gives it: an address of ours is a page."""
    if not isinstance(word, str) or not word.startswith(BASE) or "lang=" in word:
        return word
    path, _, token = word.removeprefix(BASE).partition("?token=")
    return Page(path, token or None)


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_each_link_leads_to_a_page_in_the_language_of_the_mail(
    template: str, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", BASE)
    words = {name: of_ours(word) for name, word in WORDS[template].items()}
    if "difference" in words:
        words["difference"] = str(words["difference"]).replace("lang=it", f"lang={locale}")
    mail = sent(replace(message(template, locale), words=words, unsubscribe=ONE_CLICK))
    found = re.findall(rf"{BASE}\S*", text_of(mail))
    assert len(found) == sum(str(word).startswith(BASE) for word in WORDS[template].values())
    for url in found:
        path, _, query = url.removeprefix(BASE).partition("?")
        assert is_page(path), url
        assert f"lang={locale}" in query.split("&"), url
    assert mail["List-Unsubscribe"] == f"<{ONE_CLICK}>"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        name = ".".join(("chalicelib", *file.relative_to(ROOT).with_suffix("").parts))
        yield name, ast.parse(file.read_text("utf-8"))


def imported(tree: ast.Module, module: str, name: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == module
        and name in {one.name for one in node.names}
        for node in ast.walk(tree)
    )


def called(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


class _Anything(dict[str, Any]):
    """The names of a module, with something in place of those that are a function's own."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, _Some())


class _Some:
    def __getattr__(self, name: str) -> str:
        return "x"

    def __str__(self) -> str:
        return "x"


def linked() -> list[tuple[str, str]]:
    """The path of each link that some module makes for a mail, with the module's name."""
    found = []
    for name, tree in modules():
        if not imported(tree, "chalicelib.links", "Page"):
            continue
        known = _Anything(vars(importlib.import_module(name)))
        for call in called(tree, "Page"):
            # The expression is one of our own source.
            path = eval(compile(ast.Expression(call.args[0]), name, "eval"), {}, known)
            found.append((name, str(path)))
    return found


def test_each_composer_links_to_a_page_that_there_is() -> None:
    found = linked()
    assert len(found) > 12
    assert [(name, path) for name, path in found if not is_page(path) and path != "x"] == []
    # Of these the path is a variable: links of accounts, and of ending mails.
    assert {name for name, path in found if path == "x"} == {
        "chalicelib.accounts.service.letters",
        "chalicelib.accounts.service.optional_letters",
    }


def test_no_composer_writes_an_address_itself() -> None:
    """A mail knows its language only when it is rendered, so an address cannot have it before."""
    for name, tree in modules():
        if imported(tree, Message.__module__, "Message"):
            assert not imported(tree, "chalicelib.links", "page"), name
