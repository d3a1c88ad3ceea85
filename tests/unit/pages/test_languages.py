"""People are spoken to in the notice's languages, never in one that nobody asked for."""

from __future__ import annotations

import pytest

from chalicelib.pages.languages import language_for, spoken


@pytest.mark.parametrize(
    ("locales", "languages"),
    [
        (("it", "en"), ("it", "en")),
        (("en", "it"), ("en", "it")),
        (("en",), ("en",)),
        (("it",), ("it",)),
        (("it-CH", "it-IT"), ("it",)),
        (("de",), ("de",)),
        (("fr", "es", "de"), ("fr", "es", "de")),
        (("de-AT", "de-CH"), ("de",)),
        (("nl",), ("en",)),
        (("nl", "it"), ("it",)),
        ((), ("en",)),
    ],
)
def test_the_notice_s_order_counts_and_english_stands_in(
    locales: tuple[str, ...], languages: tuple[str, ...]
) -> None:
    assert spoken(locales) == languages


@pytest.mark.parametrize(
    ("wanted", "locales", "language"),
    [
        ("it", ("en", "it"), "it"),
        ("it-IT", ("en", "it"), "it"),
        ("it", ("en",), "en"),
        ("de", ("it", "en"), "it"),
        ("de", ("de",), "de"),
        ("es-MX", ("fr", "es"), "es"),
        ("nl", ("nl",), "en"),
        ("", ("en", "it"), "en"),
    ],
)
def test_a_person_s_language_counts_where_it_is_spoken(
    wanted: str, locales: tuple[str, ...], language: str
) -> None:
    assert language_for(wanted, locales) == language
