"""The languages of the software: each is complete, and says the same as English."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from jinja2 import meta, nodes

import chalicelib
from chalicelib.pages.environment import environment
from chalicelib.pages.languages import FOLDER, languages
from chalicelib.pages.words import pair, words

PROJECT = Path(__file__).parents[3]
ENGLISH = "en"
BY_TEXT = {"interface"}
"""Files whose names are English texts that stand in the contracts; translating them is optional."""
MAILS = Path(chalicelib.__file__).parent / "mail" / "templates"


def files(language: str) -> set[str]:
    return {path.stem for path in (FOLDER / language).iterdir() if path.suffix == ".json"}


def texts(language: str, file: str) -> dict[str, str]:
    def once(pairs: list[tuple[str, str]]) -> dict[str, str]:
        assert len(dict(pairs)) == len(pairs), f"{language}/{file}.json has a name twice"
        return dict(pairs)

    path = FOLDER / language / f"{file}.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8"), object_pairs_hook=once)
    return found


def mails(language: str) -> dict[str, str]:
    end = f".{language}.txt.j2"
    found = MAILS.glob(f"*{end}")
    return {path.name.removesuffix(end): path.read_text("utf-8") for path in found}


def places(text: str) -> Counter[str]:
    """What is filled into a text, such as `{day}`, and how often."""
    return Counter(re.findall(r"{\w*}", text))


def marks(template: str) -> set[str]:
    """What is filled into a mail's template, and the filters that it passes through."""
    tree = environment().parse(template)
    filters = {f"|{found.name}" for found in tree.find_all(nodes.Filter)}
    return meta.find_undeclared_variables(tree) | filters


def compared(place: str, own: Iterable[str], english: Iterable[str]) -> Iterator[str]:
    """What `place` lacks, and what it has beyond English."""
    yield from (f"{place} lacks {name}" for name in sorted(set(english) - set(own)))
    yield from (f"{place} has {name}, unknown in English" for name in set(own) - set(english))


def told(place: str, own: Mapping[str, str], english: Mapping[str, str]) -> Iterator[str]:
    """What differs in the texts of a file, beside their wording."""
    yield from compared(place, own, english)
    for name in sorted(own.keys() & english.keys()):
        if not own[name].strip():
            yield f"{place}: {name} is blank"
        if places(own[name]) != places(english[name]):
            yield f"{place}: {name} does not fill in {sorted(places(english[name]))}"


def missing(language: str) -> Iterator[str]:
    """Everything that keeps a language from being complete, a line each."""
    yield from compared(f"words/{language}/", files(language) - BY_TEXT, files(ENGLISH))
    for file in sorted(files(language) & files(ENGLISH)):
        yield from told(
            f"words/{language}/{file}.json", texts(language, file), texts(ENGLISH, file)
        )
    own, english = mails(language), mails(ENGLISH)
    yield from compared(f"mail/templates/*.{language}.txt.j2", own, english)
    for name in sorted(own.keys() & english.keys()):
        place = f"mail/templates/{name}.{language}.txt.j2"
        yield from compared(place, marks(own[name]), marks(english[name]))
        if not own[name].startswith("Subject: "):
            yield f"{place} does not begin with its subject"


@pytest.mark.parametrize("language", languages())
def test_a_language_lacks_nothing_that_english_has_and_adds_nothing(language: str) -> None:
    assert list(missing(language)) == []


def test_the_document_for_translators_names_every_file() -> None:
    document = (PROJECT / "docs" / "languages.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(\w+)\.json` \|", document, re.M))
    assert named == {file for language in languages() for file in files(language)}


def test_italian_and_english_are_there() -> None:
    assert {"it", "en"} <= set(languages())
    assert mails("it"), MAILS


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"day": "{day}", "one": "uno"}, []),
        ({"day": "{day}"}, ["x lacks one"]),
        ({"day": "{day}", "one": "uno", "two": "due"}, ["x has two, unknown in English"]),
        ({"day": "{giorno}", "one": "uno"}, ["x: day does not fill in ['{day}']"]),
        ({"day": "{day} {day}", "one": "uno"}, ["x: day does not fill in ['{day}']"]),
        ({"day": "{day}", "one": " "}, ["x: one is blank"]),
    ],
)
def test_what_a_file_lacks_is_listed(own: dict[str, str], said: list[str]) -> None:
    assert list(told("x", own, {"day": "{day}", "one": "one"})) == said


def test_a_language_without_words_is_told_english() -> None:
    assert words("notice", "xx") == words("notice", "en") != words("notice", "it")
    assert words("notice", "it-CH") == words("notice", "it")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("it", "Canali: e-mail"),
        ("it-CH", "Canali: e-mail"),
        ("de", "Canali: e-mail"),
        ("fr", "Canali\u202f: e-mail"),
        ("xx", "Canali: e-mail"),
    ],
)
def test_a_name_and_what_it_tells_stand_in_one_line(language: str, told: str) -> None:
    assert pair("Canali", "e-mail", language) == told


def test_an_unknown_name_or_file_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("notice", "it")["of no file"]
    with pytest.raises(FileNotFoundError):
        words("of no folder", "it")
