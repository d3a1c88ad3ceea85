from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

import chalicelib.mail
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import render
from tests.unit.core.samples import NOW

LINK = "https://privacy.example/v1/accounts/verification?token=" + "a2" * 13 + "." + "Zz9_-" * 9
WORDS: dict[str, dict[str, Any]] = {
    "verify_address": {"link": LINK, "ends_at": NOW},
    "account_exists": {},
    "copy_ready": {"request": "r" * 26, "ends_at": NOW},
}
CASES = [(template, locale) for template in WORDS for locale in ("it", "en")]


def message(template: str, locale: str, address: str = "ada@example.com") -> Message:
    return Message(template, address, locale, WORDS[template])


def sent(
    mail: Message, site: str = "KeepRobust", contact: str = "privacy@example.com"
) -> EmailMessage:
    """A mail as who receives it reads it: from the bytes that were handed over."""
    made = render(mail, site=site, sender="noreply@keeprobust.com", contact=contact, now=NOW)
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def text_of(mail: EmailMessage) -> str:
    text = mail.get_content()
    assert isinstance(text, str)
    return text


def test_every_template_exists_in_both_languages_and_is_tested() -> None:
    folder = Path(chalicelib.mail.__path__[0]) / "templates"
    found = {path.name for path in folder.iterdir()}
    assert found == {f"{template}.{locale}.txt.j2" for template, locale in CASES}


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_has_its_headers_and_its_words(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    assert mail["From"] == "KeepRobust <noreply@keeprobust.com>"
    assert mail["To"] == "ada@example.com"
    assert "KeepRobust" in mail["Subject"] or template == "copy_ready"
    assert mail["Content-Language"] == locale
    assert parsedate_to_datetime(mail["Date"]) == NOW.replace(microsecond=0)
    text = text_of(mail)
    assert "KeepRobust" in text
    assert "privacy@example.com" in text
    for word in WORDS[template].values():
        assert word in text if isinstance(word, str) else "2026" in text


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_no_mail_has_a_part_missing(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    for part in (text_of(mail), str(mail["Subject"])):
        assert part.strip()
        assert not re.search(r"[{}]|None|Undefined|Subject:|&\w+;", part)
        assert part.strip() == part.strip().replace("\t", " ")


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_languages_are_not_mixed(template: str, locale: str) -> None:
    text = text_of(sent(message(template, locale)))
    assert text.startswith({"it": "Buongiorno,", "en": "Hello,"}[locale])


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_vacation_notes_do_not_answer(template: str, locale: str) -> None:
    assert sent(message(template, locale))["Auto-Submitted"] == "auto-generated"  # RFC 3834


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_is_plain_text_that_loads_nothing(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert not mail.is_multipart()
    assert list(mail.iter_attachments()) == []


@pytest.mark.parametrize(
    "template", [name for name, words in WORDS.items() if words], ids=lambda name: name
)
@pytest.mark.parametrize("locale", ["it", "en"])
def test_a_word_that_is_missing_is_an_error_and_no_mail(template: str, locale: str) -> None:
    for left_out in WORDS[template]:
        words = {name: word for name, word in WORDS[template].items() if name != left_out}
        with pytest.raises(UndefinedError):
            sent(Message(template, "ada@example.com", locale, words))


def test_a_date_is_written_in_the_language() -> None:
    assert "22 novembre 2026, 16:00 UTC" in text_of(sent(message("copy_ready", "it")))
    assert "22 November 2026, 16:00 UTC" in text_of(sent(message("copy_ready", "en")))


@pytest.mark.parametrize("locale", ["de", "", "it-IT", "../it"])
def test_other_languages_get_the_english_one(locale: str) -> None:
    mail = sent(message("account_exists", locale))
    assert text_of(mail).startswith("Hello,")
    assert mail["Content-Language"] == "en"


@pytest.mark.parametrize("length", [70, 80, 200, 900, 2_000])
@pytest.mark.parametrize("locale", ["it", "en"])
def test_a_long_link_is_one_line_in_the_text(locale: str, length: int) -> None:
    link = f"https://privacy.example/?token={'x' * length}=.&a=%20"
    mail = Message("verify_address", "ada@example.com", locale, {"link": link, "ends_at": NOW})
    assert link in text_of(sent(mail)).splitlines()
    made = render(mail, site="S", sender="a@b.it", contact="c@d.it", now=NOW).as_bytes()
    assert max(map(len, made.splitlines())) <= 998, "RFC 5322 section 2.1.1"


BREAKS = [
    "ada@example.com\r\nBcc: all@example.com",
    "ada@example.com\nBcc: all@example.com",
    "ada@example.com\rBcc: all@example.com",
    "ada@example.com,all@example.com",
    "all@example.com;ada@example.com",
    '"x"\r\nBcc: all@example.com <ada@example.com>',
    "ada@example.com\x00",
    "ada@example.com\u2028Bcc: all@example.com",
]


@pytest.mark.parametrize("address", BREAKS, ids=ascii)
def test_an_address_cannot_bring_headers_or_other_addresses(address: str) -> None:
    with pytest.raises(ValueError):
        sent(message("account_exists", "it", address))


HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Language",
    "MIME-Version",
}


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x85"], ids=ascii)
def test_words_cannot_bring_headers(line_break: str) -> None:
    evil = f"x{line_break}Bcc: all@example.com{line_break}{line_break}<script>"
    words = {"request": evil, "ends_at": NOW}
    mail = sent(Message("copy_ready", "ada@example.com", "en", words), contact=evil)
    assert set(mail.keys()) == HEADERS
    assert "<script>" in text_of(mail)


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"], ids=ascii)
def test_the_name_of_the_site_cannot_either(line_break: str) -> None:
    with pytest.raises(ValueError):
        sent(message("account_exists", "en"), site=f"x{line_break}Bcc: all@example.com")


def test_a_template_is_never_made_of_words() -> None:
    words: dict[str, Any] = {
        "link": "{{ 7 * 7 }}{% include 'copy_ready.it.txt.j2' %}",
        "ends_at": NOW,
    }
    text = text_of(sent(Message("verify_address", "ada@example.com", "en", words)))
    assert words["link"] in text
    assert "49" not in text


def test_an_international_domain_is_written_as_mail_hosts_read_it() -> None:
    mail = message("account_exists", "it", "ada@münchen.de")
    raw = render(mail, site="S", sender="a@b.it", contact="c@d.it", now=NOW).as_bytes()
    assert b"To: ada@xn--mnchen-3ya.de\n" in raw


def test_a_name_outside_ascii_arrives() -> None:
    mail = sent(message("account_exists", "it"), site="Società “Ünïcode”")
    assert mail["From"].addresses[0].display_name == "Società “Ünïcode”"
    assert "Società “Ünïcode”" in mail["Subject"]


def test_a_message_in_a_log_shows_no_address() -> None:
    text = repr(message("verify_address", "it"))
    assert "ada" not in text
    assert LINK not in text
