"""Docstrings and comments name their subject: no sentence begins with a pronoun for a thing."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]

ROOMS = (
    "functions",
    "infra",
    *sorted(
        f"chalicelib/{path.name}"
        for path in (PROJECT / "chalicelib").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    ),
)
"""The folders and modules whose texts are read."""

_RIDDLE = re.compile(r"(?:^|(?<=[.;:] ))(?:Who|What|Whoever|Whatever|Whose|Nobody)\b[^.;:]*")


def riddles(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and text of each sentence of a docstring or comment that begins so."""
    for line, text in (*_docstrings(source), *_comments(source)):
        for found in _RIDDLE.finditer(" ".join(text.split())):
            yield line, found[0]


def _docstrings(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Yields each comment; the lines of one that goes over several are one text."""
    first, last, text = 1, -1, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        (line, _), said = token.start, token.string.lstrip("#: ")
        if line == last + 1 and token.line.lstrip().startswith("#"):
            last, text = line, f"{text} {said}"
            continue
        yield first, text
        first, last, text = line, line, said
    yield first, text


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_begins_with_a_pronoun_for_a_thing(room: str) -> None:
    path = PROJECT / room
    found = [
        f"{file.relative_to(PROJECT)}:{line}: {text}"
        for file in (path.rglob("*.py") if path.is_dir() else [path])
        for line, text in riddles(file.read_text("utf-8"))
    ]
    assert sorted(found) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""What answers the question."""\n', [(1, "What answers the question")]),
        ('"""One. Whoever asks\n\nis told."""\n', [(1, "Whoever asks is told")]),
        ('x = 1\n"""A list: Nobody\'s."""\n', [(2, "Nobody's")]),
        ("x = 1  # Whose it is\n", [(1, "Whose it is")]),
        ("# A text\n# of two lines. Who reads it\n# knows it.\n", [(1, "Who reads it knows it")]),
        ('"""Returns what was asked, and who asked."""\n', []),
        ("# Whatsoever is a word of its own.\n", []),
        ('x = "Who is it?"\n', []),
    ],
)
def test_the_reader_finds_such_a_sentence(source: str, expected: list[tuple[int, str]]) -> None:
    assert list(riddles(source)) == expected
