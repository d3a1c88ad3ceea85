"""Every mail in every language: what it says, and that it says no less and no more."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError, meta

import chalicelib.mail
from chalicelib.mail.model import Message
from chalicelib.pages.environment import environment
from chalicelib.pages.formats import country
from chalicelib.pages.formats import day as written_day
from tests.unit.core.samples import NOW
from tests.unit.mail.samples import (
    CASES,
    LOCALES,
    WORDS,
    message,
    sent,
    text_of,
)

FOLDER = Path(chalicelib.mail.__path__[0]) / "templates"
NEEDED = [(template, locale, word) for template, locale in CASES for word in WORDS[template]]


COPY = {
    "it": "La copia dei Suoi dati è pronta",
    "en": "The copy of your data is ready",
    "de": "Die Kopie Ihrer Daten ist bereit",
    "fr": "La copie de vos données est prête",
    "es": "La copia de sus datos está lista",
}
DAY = {"de": "{}. ", "es": "{} de "}
"""How a day is written where it does not stand bare."""


def said(words: dict[str, Any]) -> list[object]:
    """The words of a mail one by one, those of a list too, without what only chooses words."""
    found: list[object] = []
    for word in words.values():
        found += word if isinstance(word, (list, tuple)) else [word]
    return [word for word in found if not isinstance(word, bool)]


def without_link(word: object) -> bool:
    return not str(word).startswith("https:")


def test_every_template_exists_in_every_language_and_is_tested() -> None:
    found = {path.name for path in FOLDER.iterdir()}
    assert found == {f"{template}.{locale}.txt.j2" for template, locale in CASES}


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_template_takes_its_words_and_no_others(template: str, locale: str) -> None:
    used = meta.find_undeclared_variables(environment().parse(source(template, locale)))
    assert used == {"site", "contact", *WORDS[template]}


def source(template: str, locale: str) -> str:
    return (FOLDER / f"{template}.{locale}.txt.j2").read_text("utf-8")


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_template_says_as_much_as_the_english_one(template: str, locale: str) -> None:
    """The same paragraphs, the same conditions, and every word as often."""
    own, english = source(template, locale), source(template, "en")
    for pattern in ("\n\n", "{%.*?%}"):
        assert re.findall(pattern, own) == re.findall(pattern, english)
    used = [Counter(re.findall(r"{{ \w+(?: \| \w+)?", text)) for text in (own, english)]
    assert used[0] == used[1]


ALIKE = {"No a:", "Motivo:"}
"""What is said in the same words in two languages."""


def sentences(template: str) -> set[str]:
    """The sentences of a template, with its conditions as ends of sentences, as one line each."""
    flat = re.sub(r"{%.*?%}", "\n\n", template.removeprefix("Subject: ").replace("\n", "\n\n", 1))
    parts = re.split(r"\n\n+|(?<=[.:?!]) ", flat)
    found = (" ".join(part.split()) for part in parts)
    return {text for text in found if re.search(r"[a-z]", re.sub(r"{{.*?}}", "", text))}


@pytest.mark.parametrize("template", WORDS)
def test_no_sentence_is_the_same_in_two_languages(template: str) -> None:
    said = {locale: sentences(source(template, locale)) for locale in LOCALES}
    for locale in LOCALES:
        assert len(said[locale]) > 3
        for other in LOCALES[: LOCALES.index(locale)]:
            assert said[locale] & said[other] <= ALIKE


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
    assert mail["From"] == "Kaveripoint <noreply@kaveripoint.example>"
    assert mail["To"] == "ada@example.com"
    assert mail["Content-Language"] == locale
    assert parsedate_to_datetime(mail["Date"]) == NOW.replace(microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"  # RFC 3834: vacation notes do not answer


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_has_a_subject_of_its_own(locale: str) -> None:
    subjects = [str(sent(message(template, locale))["Subject"]) for template in WORDS]
    assert len(set(subjects)) == len(WORDS)
    assert all(10 < len(subject) <= 78 for subject in subjects)


@pytest.mark.parametrize("locale", COPY)
def test_one_subject_does_not_name_the_site(locale: str) -> None:
    subjects = [str(sent(message(template, locale))["Subject"]) for template in WORDS]
    assert [one for one in subjects if "Kaveripoint" not in one] == [COPY[locale]]


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_says_all_its_words_who_wrote_and_whom_to_ask(template: str, locale: str) -> None:
    text = text_of(sent(message(template, locale)))
    lines = text.splitlines()
    assert lines[-1] == "Kaveripoint"
    assert "privacy@example.com" in text
    for word in said(WORDS[template]):
        if word == "NZ":
            assert country(word, locale) in text
        elif isinstance(word, datetime):
            flat = " ".join(lines)
            assert DAY.get(locale, "{} ").format(word.day) in flat
            assert f"{word.year}, {word:%H:%M} UTC" in flat
        elif isinstance(word, date):
            assert written_day(word, locale) in " ".join(lines)
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


GREETING = {
    "it": "Buongiorno,",
    "en": "Hello,",
    "de": "Guten Tag,",
    "fr": "Bonjour,",
    "es": "Buenos días:",
}
OWN = {
    "it": r"\b(che|Suo|Sua|Lei|per)\b",
    "en": r"\b(the|your|you|for)\b",
    "de": r"\b(Sie|Ihre?|nicht|und|das|der)\b",
    "fr": r"\b(vous|votre|cette|est|pas)\b",
    "es": r"\b(usted|sus?|el|los)\b(?!\s(?:Kaveripoint|di Lei))",
}
"""Words of which every mail in a language has one, and no mail in another."""


@pytest.mark.parametrize("locale", LOCALES)
def test_a_subject_arrives_as_it_was_written(locale: str) -> None:
    """Whatever its length: none of its letters or spaces is lost or doubled on the way."""
    template = environment().from_string(source("password_changed", locale).partition("\n")[0])
    for length in range(1, 90, 4):
        for letters in ("Società Verde ", "Green Society "):
            site = (letters * 7)[:length].strip()
            written = template.render(site=site).removeprefix("Subject: ")
            assert sent(message("password_changed", locale), site=site)["Subject"] == written


@pytest.mark.parametrize("locale", OWN)
@pytest.mark.parametrize("template", WORDS)
def test_languages_are_not_mixed(template: str, locale: str) -> None:
    text = text_of(sent(message(template, locale)))
    assert text.startswith(f"{GREETING[locale]}\n\n")
    for language, words in OWN.items():
        assert bool(re.search(words, text)) == (language == locale), language


INFORMAL = {
    "it": r"tu|tuo|tua|tuoi|tue|ti|clicca|accedi|scegli|apri",
    "de": r"du|dich|dir|dein\w*|euch|euer|eure\w*|klicke?|öffne|wähle?|schreibe?|melde|ändere|gib",
    "fr": r"tu|toi|te|ton|ta|tes|clique|ouvre|choisis|écris|réponds|change ton",
    "es": r"tú|tus?|te|ti|contigo|tienes|puedes|quieres|pulsa|escribe|cambia tu",
}
"""How nobody is addressed, in each language that has a formal address."""


@pytest.mark.parametrize("locale", INFORMAL)
@pytest.mark.parametrize("template", WORDS)
def test_people_are_addressed_formally(template: str, locale: str) -> None:
    mail = sent(message(template, locale))
    text = f"{mail['Subject']}\n{text_of(mail)}"
    assert not re.search(rf"\b({INFORMAL[locale]})\b", text.lower())


@pytest.mark.parametrize("template", WORDS)
def test_the_italian_possessive_is_the_formal_one(template: str) -> None:
    mail = sent(message(template, "it"))
    text = f"{mail['Subject']}\n{text_of(mail)}"
    # What is the person's is "Suo"; "a suo tempo" means long ago.
    assert not re.search(r"\b(suo|sua|suoi|sue)\b", text.replace("a suo tempo", ""))


def prose(template: str, locale: str) -> str:
    """A template with an X for what is filled in, without the name of its first header."""
    text = source(template, locale).removeprefix("Subject: ")
    return re.sub(r"{%.*?%}", "", re.sub(r"{{.*?}}", "X", text))


@pytest.mark.parametrize("template", WORDS)
def test_french_marks_stand_apart_by_a_narrow_space(template: str) -> None:
    text = prose(template, "fr")
    assert re.findall(r"(?<!\u202f)[;:!?»]|«(?!\u202f)|\u202f(?![;:!?»])(?<!«\u202f)", text) == []
    assert "'" not in text


@pytest.mark.parametrize("template", WORDS)
@pytest.mark.parametrize("locale", ["de", "es"])
def test_german_and_spanish_marks_do_not(template: str, locale: str) -> None:
    text = prose(template, locale)
    assert re.findall(r"\s[;:!?]|['\"]", text) == []
    assert text.count("?") == text.count("¿") or locale == "de"


@pytest.mark.parametrize("site", ["Kaveripoint", "Consorzio " * 11 + "Vicenza"])
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


def of_day(locale: str, day: int, month: int) -> Message:
    moment = NOW.replace(day=day, month=month)
    words = {"request": "r", "ends_at": moment, "portable": False, "link": None, "silent": ""}
    return Message("copy_ready", "ada@example.com", locale, words)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_copy_is_fetched_in_the_account_or_by_the_link(locale: str) -> None:
    by_link, known = message("copy_ready", locale), WORDS["copy_ready"]
    signed_in = replace(by_link, words={**known, "link": None})
    taken = replace(by_link, words={**known, "portable": True})
    texts = [" ".join(text_of(sent(one)).split()) for one in (by_link, signed_in, taken)]
    assert len(set(texts)) == 3
    assert ["/download?token=" in text for text in texts] == [True, False, True]
    assert not re.search(r"https?://", texts[1])


@pytest.mark.parametrize(
    ("locale", "day", "month", "written"),
    [
        ("it", 25, 11, "25 novembre 2026"),
        ("it", 1, 1, "giorno 1 gennaio 2026"),
        ("it", 8, 12, "giorno 8 dicembre 2026"),
        ("en", 25, 11, "25 November 2026"),
        ("en", 1, 1, "1 January 2026"),
        ("de", 25, 3, "bis zum 25. März 2026"),
        ("de", 1, 5, "bis zum 1. Mai 2026"),
        ("fr", 25, 8, "jusqu’au 25 août 2026"),
        ("fr", 1, 2, "jusqu’au 1er février 2026"),
        ("es", 25, 9, "hasta el 25 de septiembre de 2026"),
        ("es", 1, 10, "hasta el 1 de octubre de 2026"),
    ],
)
def test_a_date_is_written_in_the_language(locale: str, day: int, month: int, written: str) -> None:
    text = " ".join(text_of(sent(of_day(locale, day, month))).split())
    assert f"{written}, 16:00 UTC" in text


@pytest.mark.parametrize("template", [name for name in WORDS if name != "new_sign_in"])
def test_an_italian_date_never_needs_another_article(template: str) -> None:
    """Before 8 and 11 it is "l'", before the others "il": dates follow "giorno" instead."""
    text = source(template, "it")
    dates = re.findall(r"(\w+|:)\s+\{\{ \w+ \| (?:day|date) \}\}", text)
    assert len(dates) == text.count("| day") + text.count("| date")
    assert set(dates) <= {"giorno", ":"}


@pytest.mark.parametrize(
    ("locale", "unknown"),
    [
        ("it", "non noto"),
        ("en", "unknown"),
        ("de", "unbekannt"),
        ("fr", "inconnu"),
        ("es", "desconocido"),
    ],
)
def test_a_sign_in_from_nobody_knows_where(locale: str, unknown: str) -> None:
    words = {**WORDS["new_sign_in"], "country": None}
    assert unknown in text_of(sent(Message("new_sign_in", "ada@example.com", locale, words)))


@pytest.mark.parametrize(("locale", "named"), [("it", "Nuova Zelanda"), ("en", "New Zealand")])
def test_a_country_is_told_by_its_name(locale: str, named: str) -> None:
    assert named in text_of(sent(message("new_sign_in", locale)))


@pytest.mark.parametrize("left", [0, 1, 9])
@pytest.mark.parametrize(
    ("locale", "label"),
    [
        ("it", "Codici rimasti:"),
        ("en", "Codes left:"),
        ("de", "Verbleibende Codes:"),
        ("fr", "Codes restants\u202f:"),
        ("es", "Códigos restantes:"),
    ],
)
def test_the_number_of_recovery_codes_left(locale: str, label: str, left: int) -> None:
    words = {**WORDS["recovery_code_used"], "left": left}
    mail = sent(Message("recovery_code_used", "ada@example.com", locale, words))
    assert f"{label} {left}." in text_of(mail)


COMPARISON = r"full\s+comparison|confronto|Vergleich|comparaison|comparación"


@pytest.mark.parametrize(
    ("locale", "more", "told"),
    [
        ("it", 0, ""),
        ("it", 1, "E un altro cambiamento,"),
        ("it", 2, "E altri 2 cambiamenti,"),
        ("en", 0, ""),
        ("en", 1, "And one more change,"),
        ("en", 2, "And 2 more changes,"),
        ("de", 0, ""),
        ("de", 1, "Und eine weitere Änderung,"),
        ("de", 2, "Und 2 weitere Änderungen,"),
        ("fr", 0, ""),
        ("fr", 1, "Et un autre changement,"),
        ("fr", 2, "Et 2 autres changements,"),
        ("es", 0, ""),
        ("es", 1, "Y un cambio más,"),
        ("es", 2, "Y 2 cambios más,"),
    ],
)
def test_changes_that_are_not_told_one_by_one_are_counted(
    locale: str, more: int, told: str
) -> None:
    words = {**WORDS["notice_changed"], "more": more, "ask": []}
    text = text_of(sent(Message("notice_changed", "ada@example.com", locale, words)))
    assert told in text
    assert bool(told) == bool(re.search(COMPARISON, text))
    for one in WORDS["notice_changed"]["changes"]:
        assert f"- {one}" in text.splitlines()


@pytest.mark.parametrize(
    ("locale", "question"),
    [
        ("it", "Le chiederemo di nuovo"),
        ("en", "We will ask you"),
        ("de", "Wir werden Sie erneut um eine Entscheidung bitten"),
        ("fr", "Nous vous demanderons de faire un nouveau choix"),
        ("es", "Le pediremos que vuelva a decidir"),
    ],
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
    "verify_address": [
        ("it", "codice sul sito"),
        ("en", "code on the site"),
        ("de", "diesen Code zusammen mit dem Passwort auf der Website"),
        ("fr", "ce code sur le site"),
        ("es", "este código en el sitio"),
    ],
    "account_exists": [
        ("it", "non è cambiato nulla"),
        ("en", "in your account has changed"),
        ("de", "An Ihrem Konto hat sich nichts geändert"),
        ("fr", "Rien n’a changé dans votre compte"),
        ("es", "Nada ha cambiado en su cuenta"),
    ],
    "password_changed": [
        ("it", "altri dispositivi"),
        ("en", "other devices were signed out"),
        ("de", "Alle anderen Geräte wurden abgemeldet"),
        ("fr", "Tous les autres appareils ont été déconnectés"),
        ("es", "Se ha cerrado la sesión en todos los demás dispositivos"),
    ],
    "address_in_use": [
        ("it", "Non è cambiato nulla"),
        ("en", "Nothing has changed"),
        ("de", "An keinem der beiden hat sich etwas geändert"),
        ("fr", "Rien n’a changé dans aucun des deux"),
        ("es", "Nada ha cambiado en ninguna de las dos"),
    ],
    "address_changed": [
        ("it", "riprende così questo"),
        ("en", "brings this address back"),
        ("de", "erhält das Konto diese Adresse zurück"),
        ("fr", "reprend alors cette adresse"),
        ("es", "recupera esta dirección"),
    ],
    "new_sign_in": [
        ("it", "disattivarli nelle preferenze"),
        ("en", "off in your account's"),
        ("de", "in den Einstellungen Ihres Kontos abschalten"),
        ("fr", "les désactiver dans les préférences de votre compte"),
        ("es", "desactivarlos en las preferencias de su cuenta"),
    ],
    "notice_changed": [
        ("it", "E altri 3 cambiamenti"),
        ("it", "la scelta che ha già fatto vale per ciò che copriva, e per nulla di più"),
        ("it", "Può opporsi, ritirare un consenso, chiedere la cancellazione o una copia"),
        ("en", "And 3 more changes"),
        ("en", "the choice you made holds for what it covered, and for nothing more"),
        ("en", "You can object, withdraw a consent, ask for erasure or for a copy"),
        ("de", "Und 3 weitere Änderungen"),
        (
            "de",
            "gilt Ihre bisherige Entscheidung für das, was sie umfasste, und für nichts darüber",
        ),
        ("de", "widersprechen, eine Einwilligung widerrufen, die Löschung oder eine Kopie Ihrer"),
        ("fr", "Et 3 autres changements"),
        ("fr", "le choix que vous avez fait vaut pour ce qu’il couvrait, et pour rien de plus"),
        ("fr", "vous opposer, retirer un consentement, demander l’effacement ou une copie"),
        ("es", "Y 3 cambios más"),
        ("es", "la decisión que ya tomó vale para lo que abarcaba, y para nada más"),
        ("es", "Puede oponerse, retirar un consentimiento, pedir la supresión o una copia"),
    ],
    "request_refusal": [
        ("it", "Può anche rivolgersi al giudice"),
        ("it", "contestare il rifiuto una volta sola"),
        ("en", "You can also go to court"),
        ("en", "dispute the refusal once"),
        ("de", "Sie können auch vor Gericht gehen"),
        ("de", "die Ablehnung einmal beanstanden"),
        ("fr", "Vous pouvez aussi saisir un tribunal"),
        ("fr", "contester le refus une fois"),
        ("es", "También puede acudir a los tribunales"),
        ("es", "impugnar la denegación una sola vez"),
    ],
    "account_deactivated": [
        ("it", "non sono stati cancellati: restano, e possono essere ancora visibili"),
        ("it", "La cancellazione è un diritto a parte"),
        ("it", "acceda al sito come prima e riattivi"),
        ("en", "was not erased: it stays, and may still be visible to other users"),
        ("en", "Erasure is a separate right"),
        ("en", "sign in as before and reactivate"),
        ("de", "wurden nicht gelöscht: Sie bleiben gespeichert und können für andere"),
        ("de", "Die Löschung ist ein eigenes Recht"),
        ("de", "melden Sie sich wie bisher an und aktivieren Sie das Konto wieder"),
        ("fr", "elles restent, et peuvent encore être visibles"),
        ("fr", "L’effacement est un droit distinct"),
        ("fr", "connectez-vous comme avant et réactivez"),
        ("es", "no se han suprimido: se conservan y pueden seguir siendo visibles"),
        ("es", "La supresión es un derecho aparte"),
        ("es", "inicie sesión como antes y reactive"),
    ],
}
"""What is told of each mail in each language, a fact after the other."""


CHOSEN = [
    ("request_question", "identity", "it", "rifiutare la richiesta", "andiamo avanti da soli"),
    ("request_question", "identity", "en", "may refuse the request", "go on by ourselves"),
    ("request_question", "identity", "de", "Antrag danach ablehnen", "von uns aus weiter"),
    ("request_question", "identity", "fr", "refuser la demande", "poursuivrons de nous-mêmes"),
    ("request_question", "identity", "es", "denegar la solicitud", "seguiremos por nuestra cuenta"),
    ("request_extension", "many", "it", "il numero delle richieste", "è complessa"),
    ("request_extension", "many", "en", "the number of requests", "is complex"),
    ("request_extension", "many", "de", "die Anzahl der Anträge", "Antrag komplex ist"),
    ("request_extension", "many", "fr", "le nombre de demandes", "est complexe"),
    ("request_extension", "many", "es", "el número de solicitudes", "es compleja"),
    ("desk_due", "overdue", "it", "è passato senza risposta", "si avvicina"),
    ("desk_due", "overdue", "en", "is over, and it has no answer", "is about to end"),
    ("desk_due", "overdue", "de", "ohne Antwort abgelaufen", "läuft bald ab"),
    ("desk_due", "overdue", "fr", "est passé sans réponse", "approche de sa fin"),
    ("desk_due", "overdue", "es", "ha pasado sin respuesta", "está a punto de terminar"),
    ("request_refusal", "ends_on", "it", "La limitazione finisce con il giorno", ""),
    ("request_refusal", "ends_on", "en", "The restriction ends with", ""),
    ("request_refusal", "ends_on", "de", "Die Einschränkung endet mit dem", ""),
    ("request_refusal", "ends_on", "fr", "La limitation prend fin le", ""),
    ("request_refusal", "ends_on", "es", "La limitación termina el", ""),
    ("request_receipt", "account", "it", "Dal Suo account può seguire", ""),
    ("request_receipt", "account", "en", "In your account you can follow", ""),
    ("request_receipt", "account", "de", "In Ihrem Konto können Sie", ""),
    ("request_receipt", "account", "fr", "Dans votre compte, vous pouvez", ""),
    ("request_receipt", "account", "es", "En su cuenta puede seguir", ""),
    ("request_receipt", "link", "it", "anche senza un account: apra questa pagina", ""),
    ("request_receipt", "link", "en", "Without an account you can follow the request too", ""),
    ("request_receipt", "link", "de", "Auch ohne Konto können Sie den Antrag verfolgen", ""),
    ("request_receipt", "link", "fr", "suivre la demande même sans compte", ""),
    ("request_receipt", "link", "es", "seguir la solicitud sin una cuenta", ""),
]
"""Template, the word that chooses, language, and what is told with it and without it."""


@pytest.mark.parametrize(("template", "word", "locale", "told", "else_told"), CHOSEN)
def test_a_mail_tells_one_of_two_things(
    template: str, word: str, locale: str, told: str, else_told: str
) -> None:
    for chosen in (True, False):
        words = {**WORDS[template], word: chosen and (WORDS[template][word] or True)}
        mail = sent(Message(template, "ada@example.com", locale, words))
        text = " ".join(text_of(mail).split())
        assert (told in text) is chosen
        assert not else_told or (else_told in text) is not chosen
        assert not re.search(r"\n\n\n", text_of(mail))


def test_every_fact_is_told_in_every_language() -> None:
    for facts in FACTS.values():
        assert len({*Counter(locale for locale, _ in facts).values()}) == 1
        assert {locale for locale, _ in facts} == OWN.keys()


@pytest.mark.parametrize(
    ("template", "locale", "fact"),
    [(template, *row) for template, facts in FACTS.items() for row in facts],
)
def test_a_mail_says_what_people_must_know(template: str, locale: str, fact: str) -> None:
    assert fact in " ".join(text_of(sent(message(template, locale))).split())
