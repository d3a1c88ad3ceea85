"""The mail about a change: what it says to whom, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from chalicelib.notices.changes import Effect, changes
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.publications.model import concern
from chalicelib.publications.service.letters import MOST, compose
from chalicelib.subjects.model import Decided, Decision, Standing
from tests.unit.core.samples import NOW, standing
from tests.unit.mail.samples import sent, text_of
from tests.unit.notices import grown
from tests.unit.notices.changes_edits import Document, all_of, at, more, new_purpose

ADDRESS = "ada@example.com"


@cache
def before() -> Notice:
    return grown.compiled(grown.document())


def following(*edits: object) -> Notice:
    document: Document = grown.document()
    all_of(*edits)(document)  # type: ignore[arg-type]
    document["version"], document["effective_at"] = "2027-03-08", "2027-03-08T00:00:00Z"
    return load_published(document)


def grown_on_all_sides() -> Notice:
    """One change of each effect, the material one for two purposes."""
    return following(
        more("purposes", "newsletter", "categories", "plot"),
        more("purposes", "visits", "categories", "plot"),
        at("retention", "profile_end", period={"years": 2}),
        lambda document: document["recipients"].reverse(),
    )


def person(locale: str, *granted: str) -> Standing:
    decisions = {name: Decided(Decision.GRANTED, 1, NOW, "2025-03-01") for name in granted}
    return replace(standing(), locale=locale, decisions=decisions)


@pytest.fixture(autouse=True)
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")


def words(locale: str, after: Notice, *granted: str) -> str:
    who = person(locale, *granted)
    theirs = concern(who, changes(before(), after), before(), after)
    message = compose(who, ADDRESS, theirs, before(), after)
    assert (message.address, message.locale) == (ADDRESS, locale)
    return text_of(sent(message))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "en",
            [
                "“Your profile: from ended”: kept longer, 2 years instead of 1 year.",
                "version 2027-03-08 of the privacy notice",
                "from 8 March 2027, 00:00 UTC",
            ],
        ),
        (
            "it",
            [
                "conserviamo più a lungo, 2 anni invece di 1 anno.",
                "versione 2027-03-08 dell'informativa",
                "dal giorno 8 marzo 2027, 00:00 UTC",
            ],
        ),
    ],
)
def test_it_says_what_changes_and_from_when(locale: str, told: list[str]) -> None:
    text = flat(words(locale, grown_on_all_sides()))
    for one in told:
        assert one in text


@pytest.mark.parametrize("locale", ["it", "en"])
def test_it_links_to_the_whole_difference(locale: str) -> None:
    place = "https://privacy.example/notice/2027-03-08/changes"
    link = f"{place}?since=2025-03-01&lang={locale}"
    assert link in words(locale, grown_on_all_sides()).splitlines()


@pytest.mark.parametrize(
    ("granted", "asked", "unasked"),
    [
        (("newsletter",), ["Send the seasonal letter"], ["Visits"]),
        (("visits",), ["Visits"], ["Send the seasonal letter"]),
        (("newsletter", "visits"), ["Send the seasonal letter", "Visits"], []),
    ],
)
def test_who_agreed_reads_what_is_asked_again(
    granted: tuple[str, ...], asked: list[str], unasked: list[str]
) -> None:
    text = words("en", grown_on_all_sides(), *granted)
    _, _, question = text.partition("We will ask you to choose again")
    titles = {one: f"^- {re.escape(one)}:\\s+(https://\\S+)$" for one in asked}
    found = {one: re.findall(pattern, question, re.MULTILINE) for one, pattern in titles.items()}
    ids = {"Send the seasonal letter": "newsletter", "Visits": "visits"}
    page = "https://privacy.example/notice/2027-03-08?lang=en"
    assert found == {one: [f"{page}#purpose-{ids[one]}"] for one in asked}
    assert question.count("\n- ") == len(asked)
    sentence = re.search(r"Data of a further category.*?\.(?= |\n)", text, re.DOTALL)
    assert sentence is not None
    for one in asked:
        assert one in flat(sentence[0])
    for one in unasked:
        assert one not in flat(sentence[0])


@pytest.mark.parametrize("locale", ["it", "en"])
def test_who_agreed_to_nothing_reads_nothing_about_consent(locale: str) -> None:
    text = flat(words(locale, grown_on_all_sides()))
    assert "Data of a further category" not in text
    assert "Dati di un’altra categoria" not in text
    assert {"it": "Le chiederemo di nuovo", "en": "We will ask you"}[locale] not in text


@pytest.mark.parametrize("locale", ["it", "en"])
def test_what_is_only_wording_is_not_mailed(locale: str) -> None:
    text = flat(words(locale, grown_on_all_sides(), "newsletter"))
    assert {"it": "cambia solo l’ordine", "en": "only the order changes"}[locale] not in text


@pytest.mark.parametrize("locale", ["it", "en"])
def test_no_more_changes_are_told_one_by_one_than_can_be_read(locale: str) -> None:
    # A longer session is two changes, since its cookie lasts as long.
    rules = [
        number
        for number, rule in enumerate(grown.document()["retention"])
        if rule.get("kind") != "session"
    ]
    after = following(
        *(
            lambda document, number=number: document["retention"][number]["period"].update(years=9)
            for number in rules[: MOST + 3]
        )
    )
    who = person(locale)
    theirs = concern(who, changes(before(), after), before(), after)
    assert len(theirs.changes) == MOST + 3
    text = words(locale, after)
    assert len(re.findall("^- ", text, re.MULTILINE)) == MOST
    assert {"it": "E altri 3 cambiamenti", "en": "And 3 more changes"}[locale] in text


def test_what_weighs_most_comes_first() -> None:
    text = words("en", grown_on_all_sides(), "newsletter")
    assert text.index("Data of a further category") < text.index("kept longer")
    told = changes(before(), grown_on_all_sides())
    assert told[0].effect is Effect.MATERIAL


def test_a_purpose_that_is_new_is_no_news_before_one_agrees() -> None:
    after = following(new_purpose("consent"), at("retention", "link_end", period={"days": 2}))
    text = words("en", after, "newsletter")
    assert "Swaps" not in text
    assert "kept longer" in text


def test_a_language_that_the_notice_does_not_have_gets_its_first() -> None:
    who = replace(person("de", "newsletter"), locale="de")
    after = grown_on_all_sides()
    theirs = concern(who, changes(before(), after), before(), after)
    text = text_of(sent(compose(who, ADDRESS, theirs, before(), after), locales=after.locales))
    assert text.startswith("Hello,")
    assert "Send the seasonal letter" in text


def test_the_message_shows_no_address_in_a_log() -> None:
    after = grown_on_all_sides()
    theirs = concern(person("it"), changes(before(), after), before(), after)
    assert ADDRESS not in repr(compose(person("it"), ADDRESS, theirs, before(), after))
