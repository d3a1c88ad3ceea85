"""Every mail in both languages: what it says, and that it says no less and no more."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError, meta

import chalicelib.mail
from chalicelib.mail.model import Message
from tests.unit.core.samples import NOW
from tests.unit.mail.samples import CASES, LOCALES, WORDS, message, sent, text_of

FOLDER = Path(chalicelib.mail.__path__[0]) / "templates"
NEEDED = [(template, locale, word) for template, locale in CASES for word in WORDS[template]]


def said(words: dict[str, Any]) -> list[object]:
    """The words of a mail one by one, those of a list too."""
    found: list[object] = []
    for word in words.values():
        found += word if isinstance(word, (list, tuple)) else [word]
    return found


def without_link(word: object) -> bool:
    return not str(word).startswith("https:")


def test_every_template_exists_in_both_languages_and_is_tested() -> None:
    found = {path.name for path in FOLDER.iterdir()}
    assert found == {f"{template}.{locale}.txt.j2" for template, locale in CASES}


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_template_takes_its_words_and_no_others(template: str, locale: str) -> None:
    environment = Environment()  # nothing is rendered here
    environment.filters["day"] = str
    source = (FOLDER / f"{template}.{locale}.txt.j2").read_text("utf-8")
    used = meta.find_undeclared_variables(environment.parse(source))
    assert used == {"site", "contact", *WORDS[template]}


@pytest.mark.parametrize(("template", "locale", "left_out"), NEEDED)
def test_a_word_that_is_missing_is_an_error_and_no_mail(
    template: str, locale: str, left_out: str
) -> None:
    words = {name: word for name, word in WORDS[template].items() if name != left_out}
    with pytest.raises(UndefinedError):
        sent(Message(template, "ada@example.com", locale, words))


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_has_its_headers(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    assert mail["From"] == "KeepRobust <noreply@keeprobust.com>"
    assert mail["To"] == "ada@example.com"
    assert mail["Content-Language"] == locale
    assert parsedate_to_datetime(mail["Date"]) == NOW.replace(microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"  # RFC 3834: vacation notes do not answer


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_has_a_subject_of_its_own(locale: str) -> None:
    subjects = [str(sent(message(template, locale))["Subject"]) for template in WORDS]
    assert len(set(subjects)) == len(WORDS)
    assert all(10 < len(subject) <= 78 for subject in subjects)
    assert [one for one in subjects if "KeepRobust" not in one] == [
        {"it": "La copia dei Suoi dati è pronta", "en": "The copy of your data is ready"}[locale]
    ]


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_says_all_its_words_who_wrote_and_whom_to_ask(template: str, locale: str) -> None:
    text = text_of(sent(message(template, locale)))
    lines = text.splitlines()
    assert lines[-1] == "KeepRobust"
    assert "privacy@example.com" in text
    for word in said(WORDS[template]):
        if isinstance(word, datetime):
            assert f"{word.day} " in text
            assert f"{word.year}, {word:%H:%M} UTC" in text
        elif without_link(word):
            assert str(word) in text
        else:
            at = lines.index(str(word))
            assert lines[at - 1] == lines[at + 1] == ""


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_no_mail_has_a_part_missing(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    for part in (text_of(mail), str(mail["Subject"])):
        assert part.strip()
        assert not re.search(r"[{}\t]|None|Undefined|Subject:|&\w+;|  | $", part, re.MULTILINE)


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_languages_are_not_mixed(template: str, locale: str) -> None:
    text = text_of(sent(message(template, locale)))
    assert text.startswith({"it": "Buongiorno,\n\n", "en": "Hello,\n\n"}[locale])
    own = {"it": r"\b(che|Suo|Sua|Lei|per)\b", "en": r"\b(the|your|you|for)\b"}
    other = own["en" if locale == "it" else "it"]
    assert re.search(own[locale], text)
    assert not re.search(other, text)


@pytest.mark.parametrize("template", WORDS)
def test_people_are_addressed_formally_in_italian(template: str) -> None:
    mail = sent(message(template, "it"))
    text = f"{mail['Subject']}\n{text_of(mail)}"
    assert not re.search(r"\b(tu|tuo|tua|tuoi|tue|ti|clicca|accedi|scegli|apri)\b", text.lower())
    # What is the person's is "Suo"; "a suo tempo" means long ago.
    assert not re.search(r"\b(suo|sua|suoi|sue)\b", text.replace("a suo tempo", ""))


@pytest.mark.parametrize("site", ["KeepRobust", "Consorzio " * 11 + "Vicenza"])
@pytest.mark.parametrize(("template", "locale"), CASES)
def test_only_links_are_longer_than_a_line(template: str, locale: str, site: str) -> None:
    text = text_of(sent(message(template, locale), site=site))
    long = [line for line in text.splitlines() if len(line) > 78]  # RFC 5322 section 2.1.1
    assert [line for line in long if " " in line or not line.startswith("https:")] == []


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_is_plain_text_that_loads_nothing(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert not mail.is_multipart()
    assert list(mail.iter_attachments()) == []
    links = {word for word in WORDS[template].values() if not without_link(word)}
    assert set(re.findall(r"\S*://\S*", text_of(mail))) == links


def of_day(day: int, month: int) -> Message:
    moment = NOW.replace(day=day, month=month)
    words: dict[str, Any] = {"request": "r", "ends_at": moment}
    return Message("copy_ready", "ada@example.com", "it", words)


def test_a_date_is_written_in_the_language() -> None:
    assert "25 novembre 2026, 16:00 UTC" in text_of(sent(message("copy_ready", "it")))
    assert "25 November 2026, 16:00 UTC" in text_of(sent(message("copy_ready", "en")))
    assert "giorno 1 gennaio 2026, 16:00 UTC" in text_of(sent(of_day(1, 1)))
    assert "giorno 8 dicembre 2026, 16:00 UTC" in text_of(sent(of_day(8, 12)))


@pytest.mark.parametrize("template", [name for name in WORDS if name != "new_sign_in"])
def test_an_italian_date_never_needs_another_article(template: str) -> None:
    """Before 8 and 11 it is "l'", before the others "il": dates follow "giorno" instead."""
    source = (FOLDER / f"{template}.it.txt.j2").read_text("utf-8")
    dates = re.findall(r"(\w+)\s+\{\{ \w+ \| day \}\}", source)
    assert len(dates) == source.count("| day")
    assert set(dates) <= {"giorno"}


@pytest.mark.parametrize(("locale", "unknown"), [("it", "non noto"), ("en", "unknown")])
def test_a_sign_in_from_nobody_knows_where(locale: str, unknown: str) -> None:
    words = {**WORDS["new_sign_in"], "country": None}
    assert unknown in text_of(sent(Message("new_sign_in", "ada@example.com", locale, words)))


@pytest.mark.parametrize("left", [0, 1, 9])
@pytest.mark.parametrize(("locale", "label"), [("it", "Codici rimasti"), ("en", "Codes left")])
def test_the_number_of_recovery_codes_left(locale: str, label: str, left: int) -> None:
    words = {**WORDS["recovery_code_used"], "left": left}
    mail = sent(Message("recovery_code_used", "ada@example.com", locale, words))
    assert f"{label}: {left}." in text_of(mail)


@pytest.mark.parametrize(
    ("locale", "more", "told"),
    [
        ("it", 0, ""),
        ("it", 1, "E un altro cambiamento,"),
        ("it", 2, "E altri 2 cambiamenti,"),
        ("en", 0, ""),
        ("en", 1, "And one more change,"),
        ("en", 2, "And 2 more changes,"),
    ],
)
def test_changes_that_are_not_told_one_by_one_are_counted(
    locale: str, more: int, told: str
) -> None:
    words = {**WORDS["notice_changed"], "more": more, "ask": []}
    text = text_of(sent(Message("notice_changed", "ada@example.com", locale, words)))
    assert told in text
    assert bool(told) == bool(re.search("full comparison|confronto", text))
    for one in WORDS["notice_changed"]["changes"]:
        assert f"- {one}" in text.splitlines()


@pytest.mark.parametrize(
    ("locale", "question"), [("it", "Le chiederemo di nuovo"), ("en", "We will ask you")]
)
def test_only_who_is_asked_again_reads_about_it(locale: str, question: str) -> None:
    for ask in ([], ["Newsletter", "Offers"]):
        words = {**WORDS["notice_changed"], "changes": ["More."], "ask": ask}
        text = text_of(sent(Message("notice_changed", "ada@example.com", locale, words)))
        assert (question in " ".join(text.split())) == bool(ask)
        assert [line for line in text.splitlines() if line[:2] == "- "][1:] == [
            f"- {purpose}" for purpose in ask
        ]


FACTS = {
    "verify_address": [("it", "codice sul sito"), ("en", "code on the site")],
    "account_exists": [("it", "non è cambiato nulla"), ("en", "in your account has changed")],
    "password_changed": [("it", "altri dispositivi"), ("en", "other devices were signed out")],
    "address_in_use": [("it", "Non è cambiato nulla"), ("en", "Nothing has changed")],
    "address_changed": [("it", "riprende così questo"), ("en", "brings this address back")],
    "new_sign_in": [("it", "disattivarli nelle preferenze"), ("en", "off in your account's")],
    "notice_changed": [
        ("it", "E altri 3 cambiamenti"),
        ("it", "la scelta che ha già fatto vale per ciò che copriva, e per nulla di più"),
        ("it", "Può opporsi, ritirare un consenso, chiedere la cancellazione o una copia"),
        ("en", "And 3 more changes"),
        ("en", "the choice you made holds for what it covered, and for nothing more"),
        ("en", "You can object, withdraw a consent, ask for erasure or for a copy"),
    ],
    "account_deactivated": [
        ("it", "non sono stati cancellati: restano, e possono essere ancora visibili"),
        ("it", "La cancellazione è un diritto a parte"),
        ("it", "acceda al sito come prima e riattivi"),
        ("en", "was not erased: it stays, and may still be visible to other users"),
        ("en", "Erasure is a separate right"),
        ("en", "sign in as before and reactivate"),
    ],
}


@pytest.mark.parametrize(
    ("template", "locale", "fact"),
    [(template, locale, fact) for template, facts in FACTS.items() for locale, fact in facts],
)
def test_a_mail_says_what_people_must_know(template: str, locale: str, fact: str) -> None:
    assert fact in " ".join(text_of(sent(message(template, locale))).split())
