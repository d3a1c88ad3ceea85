"""The words of a language are its own: translated, punctuated and addressed as it does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from chalicelib.pages.languages import FOLDER, languages

FOREIGN = [language for language in languages() if language != "en"]

ALIKE = {
    "Account",
    "Code",
    "Condition",
    "Contact",
    "Cookie",
    "Cookies",
    "Corrections",
    "Date",
    "Documents",
    "E-mail",
    "Error",
    "GDPR art.",
    "Global Privacy Control",
    "JSON",
    "Marketing",
    "Name",
    "No",
    "Note",
    "Notification",
    "Password",
    "Person",
    "Privacy",
    "SHA-256",
    "Signal",
    "Status",
    "Text",
    "Version",
    "Website",
    "account",
    "app",
    "cookie",
    "e-mail",
    "fax",
    "marketing",
    "no",
    "optional",
    "pixel",
    "query",
    "web beacon",
}
"""Short words that a language may share with English."""

ADDRESS = {
    "it": r"tu|tuo|tua|tuoi|tue|ti|clicca|accedi|scegli|apri|scrivi|premi",
    "de": r"du|dich|dir|dein\w*|euch|euer|eure\w*|klicke?|öffne|wähle?|schreibe?|melde|ändere|gib",
    "fr": r"tu|toi|te|ton|tes|clique|choisis|écris|saisis|réponds",
    "es": r"tú|tus?|te|ti|contigo|tienes|puedes|quieres|pulsa|escribe",
}
"""How no sentence addresses anybody, by language. A button may say one usual word: `Accedi`."""

MARKS = {
    "it": r"\s[;:!?]|“|”|„|\"",
    "de": r"\s[;:!?]|[«»”\"']|“\w",
    "fr": r"(?<!\u202f)[;:!?»]|«(?!\u202f)|\u202f(?![;:!?»])(?<!«\u202f)|[“”„\"']",
    "es": r"\s[;:!?]|[“”„\"']",
}
"""Quotation marks, spaces and apostrophes that a language does not have, by language."""


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text of a language: where it stands, and the text."""
    for path in sorted((FOLDER / language).glob("*.json")):
        for name, text in json.loads(path.read_text("utf-8")).items():
            yield f"{path.stem}: {name}", text


def texts_to_people(language: str) -> Iterator[tuple[str, str]]:
    """Every text that speaks to somebody; what the interface's operations do is told to none."""
    return ((place, text) for place, text in texts(language) if not place.startswith("interface:"))


def prose(text: str) -> str:
    """A text with an X for each thing that is no word of a language."""
    return re.sub(r"{\w*}|`[^`]*`|\b\w+/\S+|/\w\S*", "X", text)


def sentences(text: str) -> list[str]:
    return re.split(r"\n+|(?<=[.?!]) ", text)


@pytest.mark.parametrize("language", FOREIGN)
def test_no_sentence_is_left_in_english(language: str) -> None:
    english = {sentence for _, text in texts("en") for sentence in sentences(text)}
    same = [
        (place, sentence)
        for place, text in texts(language)
        for sentence in sentences(text)
        if sentence in english - ALIKE and re.search(r"[^\W\d_]", re.sub(r"{\w*}", "", sentence))
    ]
    assert same == []


@pytest.mark.parametrize("language", ADDRESS)
def test_people_are_addressed_formally(language: str) -> None:
    informal = re.compile(rf"\b({ADDRESS[language]})\b", re.IGNORECASE)
    spoken = [text for _, text in texts_to_people(language) if len(text.split()) > 1]
    found = [text for text in spoken if informal.search(prose(text))]
    assert found == []


@pytest.mark.parametrize("language", MARKS)
def test_marks_are_those_of_the_language(language: str) -> None:
    wrong = re.compile(MARKS[language])
    found = [(place, text) for place, text in texts(language) if wrong.search(prose(text))]
    assert found == []


PAIRS = {"it": "«»", "de": "„“", "fr": "«»", "es": "«»¿?¡!"}
"""Marks that open and those that close, by language."""


@pytest.mark.parametrize("language", PAIRS)
def test_marks_that_open_are_closed(language: str) -> None:
    pairs = PAIRS[language] + "()"
    for place, text in texts(language):
        for opening, closing in zip(pairs[::2], pairs[1::2], strict=True):
            assert text.count(opening) == text.count(closing), place
