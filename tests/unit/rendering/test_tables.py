"""The tables and entries of the page: one row or entry for each thing that the notice lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, load_published
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.rendering.data import shown_records
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages.words import pair, words
from tests.unit.core.samples import document_in
from tests.unit.rendering.conftest import association
from tests.unit.rendering.reading import Html, squeezed

Listed = Callable[[Notice], Collection[object]]

ENTRIES: dict[str, Listed] = {
    "purposes": lambda notice: notice.purposes,
    "categories": lambda notice: notice.categories,
    "recipients": lambda notice: notice.recipients,
    "rights": lambda notice: notice.rights,
}
"""Section of the page, and what its entries are."""

TABLES: list[tuple[str, int, Listed]] = [
    (
        "retention",
        0,
        lambda notice: [one for one in notice.retention.values() if not one.by_software],
    ),
    ("records", 0, shown_records),
    ("forms", 0, lambda notice: notice.forms),
    ("cookies", 0, lambda notice: notice.cookie_classes),
    ("cookies", 1, lambda notice: notice.cookies),
]
"""Section of the page, which of its tables, and what the table lists."""


def inside(source: str, section: str) -> str:
    """A section of an HTML page."""
    (found,) = re.findall(rf'<section>\s*<h2 id="{section}">.*?</section>', source, re.DOTALL)
    return str(found)


def tables(source: str, section: str) -> list[str]:
    """The tables of a section of an HTML page."""
    return re.findall(r"<table.*?</table>", inside(source, section), re.DOTALL)


def entries(source: str, section: str) -> list[str]:
    """The entries of a section of an HTML page."""
    return re.findall(r'<details class="entry">.*?</details>', inside(source, section), re.DOTALL)


@pytest.mark.parametrize("section", ENTRIES)
def test_each_thing_has_an_entry_at_its_own_address(
    rendered: tuple[Notice, str], section: str
) -> None:
    notice, locale = rendered
    found = entries(render_html(notice, locale), section)
    kind = {"categories": "category"}.get(section, section.removesuffix("s"))
    ids = [re.findall(r'<div id="([^"]+)"', one) for one in found]
    assert ids == [[f"{kind}-{name}"] for name in ENTRIES[section](notice)]
    assert all(len(re.findall("<summary><h3>[^<]+", one)) == 1 for one in found)
    told = {one.count("<dt>") for one in found}
    assert len(told) == 1
    assert told.pop() >= 3


@pytest.mark.parametrize(
    ("section", "which", "listed"), TABLES, ids=[f"{name}-{n}" for name, n, _ in TABLES]
)
def test_a_table_has_a_row_for_each(
    rendered: tuple[Notice, str], section: str, which: int, listed: Listed
) -> None:
    notice, locale = rendered
    table = tables(render_html(notice, locale), section)[which]
    assert table.count('scope="row"') == len(listed(notice)) > 0
    assert len(re.findall("<caption[^>]*>[^<]+</caption>", table)) == 1
    columns = table.count('scope="col"')
    assert columns >= 3
    assert table.count("<td ") == (columns - 1) * len(listed(notice))


def row(table: str, title: str) -> str:
    """The text of the row that a title heads."""
    return headed(re.findall(r"<tr.*?</tr>", table, re.DOTALL), title)


def headed(sources: Collection[str], title: str) -> str:
    """The text of the one part of a page that begins with a title."""
    texts = [Html(source).text for source in sources]
    (found,) = [text for text in texts if text.startswith(squeezed(title))]
    return found


def test_a_purpose_is_told_with_basis_data_and_recipients(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    found = entries(render_html(notice, locale), "purposes")
    for purpose in notice.purposes.values():
        text = headed(found, purpose.title[locale] + " ")
        told = [notice.categories[name].title for name in purpose.categories]
        told += [notice.recipients[name].name for name in purpose.recipients]
        told += [words for words in (purpose.act, purpose.interest) if words]
        assert [words[locale] for words in told if squeezed(words[locale]) not in text] == []


def test_a_third_country_stands_with_its_safeguard() -> None:
    found = entries(render_html(association(), "en"), "recipients")
    text = headed(found, "Our web host")
    assert "Role processor Country Ireland and Switzerland" in text
    assert "adequacy decision (GDPR Article 45)" in text
    within = headed(found, "Kilkenny County")
    assert "no transfer outside the European Economic Area" in within


def test_a_period_is_told_with_its_beginning_and_its_end() -> None:
    table, staying = tables(render_html(association(), "en"), "retention")
    text = row(table, "Where we stand with you: from last activity")
    assert "from the last activity 3 years reviewed by a person" in text
    assert "To prove for a while longer that you had agreed." in text
    assert "2 years from closing" in " ".join(staying.split())


STOPPED = {
    "en": "the account is deactivated; then its next period begins; its person is warned 1 month"
    " before",
    "it": "l’account è disattivato; poi comincia il periodo successivo; la persona è avvisata"
    " 1 mese prima",
    "de": "Stilllegung des Kontos; danach beginnt die nächste Frist; Warnung 1 Monat vor dem Ende",
    "fr": "désactivation du compte\u202f; le délai suivant commence alors\u202f; la personne est"
    " avertie 1 mois avant",
    "es": "la cuenta se desactiva; después empieza su plazo siguiente; se avisa a la persona 1 mes"
    " antes",
}
WARNED = {
    "en": "erased; its person is warned 30 days and 7 days before",
    "it": "cancellazione; la persona è avvisata 30 giorni e 7 giorni prima",
    "de": "Löschung; Warnung 30 Tage und 7 Tage vor dem Ende",
    "fr": "effacement\u202f; la personne est avertie 30 jours et 7 jours avant",
    "es": "supresión; se avisa a la persona 30 días y 7 días antes",
}
STARTED = {
    "en": "from when the account was deactivated",
    "it": "da quando l’account è stato disattivato",
    "de": "ab der Stilllegung des Kontos",
    "fr": "à compter de la désactivation du compte",
    "es": "desde que se desactivó la cuenta",
}


@pytest.mark.parametrize("locale", WARNED)
def test_what_happens_to_an_unused_account_is_told_in_words(locale: str) -> None:
    document = document_in((locale,))
    unused = next(one for one in document["retention"] if one["id"] == "unused_account")
    document["retention"].append({**unused, "id": "stopped", "from": "closed"})
    unused.update(then="deactivate", warn=[{"months": 1}])
    table = tables(render_html(compile_notice(document, STORED), locale), "retention")[0]
    text = squeezed(Html(table).text).replace("\xa0", " ")
    for told in (STOPPED[locale], WARNED[locale], STARTED[locale]):
        assert squeezed(told) in text


def test_markdown_has_the_same_rows(rendered: tuple[Notice, str]) -> None:
    html, markdown = render_html(*rendered), render_markdown(*rendered)
    heads = len(re.findall(r"^\| --- ", markdown, re.MULTILINE))
    lines = len(re.findall(r"^\| ", markdown, re.MULTILINE))
    assert heads == html.count("<table") + len(ENTRIES)
    assert lines - 2 * heads == html.count('scope="row"') + html.count('class="entry"')


@pytest.mark.parametrize(
    ("locale", "lasts", "renewed", "signal"),
    [
        (
            "it",
            "Il Suo consenso vale 6 mesi; dopo è come se non l’avesse dato.",
            (
                "Il Suo consenso vale 24 mesi da quando l’ha dato, da quando ha fatto l’ultimo "
                "accesso o, se ha consentito a contarlo, da quando ha aperto l’ultima nostra "
                "e-mail; dopo è come se non l’avesse dato."
            ),
            "Se il browser invia il segnale Global Privacy Control, vale come un rifiuto.",
        ),
        (
            "en",
            "Your consent holds for 6 months; after that it counts as not given.",
            (
                "Your consent holds for 24 months from when you gave it, last signed in or, if you "
                "agreed to that being counted, last opened a mail of ours; after that it counts as "
                "not given."
            ),
            "If your browser sends Global Privacy Control, it counts as a refusal.",
        ),
    ],
)
@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_a_purpose_tells_how_long_consent_lasts_and_what_refuses_it(
    shipped: Notice,
    render: Callable[[Notice, str], str],
    locale: str,
    lasts: str,
    renewed: str,
    signal: str,
) -> None:
    page = render(shipped, locale)
    ending = [one.lasts for one in shipped.purposes.values() if one.lasts is not None]
    denied = [one for one in shipped.purposes.values() if one.signals]
    # As long as the controller has not confirmed the basis, its end is a proposal, too.
    plain = re.sub(r"<[^>]+>|\\(?=[^\w\s])", "", page)
    assert plain.count(lasts) == len([one for one in ending if not one.renewed]) == 3
    assert plain.count(renewed) == len([one for one in ending if one.renewed]) == 6
    assert plain.count(signal) == len(denied) == 3
    if render is render_html:
        told = headed(
            entries(page, "purposes"), shipped.purposes["advertising_cookies"].title[locale]
        )
        assert lasts in told
        assert signal in told
        mark = {"it": "scelta del titolare, da confermare", "en": "controller’s choice, to confirm"}
        assert told.index(mark[locale], told.index(lasts)) < told.index(signal)


def test_names_for_programs_stand_in_the_technical_detail_alone(
    rendered: tuple[Notice, str],
) -> None:
    notice, locale = rendered
    source = render_html(notice, locale)
    named = [one for one in notice.cookie_classes.values() if one.consent_mode]
    told = Html(inside(source, "records")).text
    label = words("notice", locale)["consent_mode"]
    assert (label in told) == bool(named)
    for one in named:
        # No statement of the published text, so it never stands unmarked.
        line = pair(one.title[locale], ", ".join(one.consent_mode), locale)
        mark = words("notice", locale)["mark_choice"]
        assert mark in told[told.index(line) :].removeprefix(line)[: len(mark) + 2]
    elsewhere = Html(source.replace(inside(source, "records"), "")).text
    cookies = {name for one in notice.cookies.values() for name in re.findall(r"\w+", one.name)}
    ids = set(re.findall(r"\b[a-z]+_[a-z_]+\b", elsewhere))
    assert ids <= cookies


def test_the_purpose_of_a_notification_is_no_matter_of_the_page(shipped: Notice) -> None:
    document = json.loads(json.dumps(dict(shipped.document)))
    for one in document["notifications"]:
        del one["purpose"]
    bare = load_published(document)
    for render in (render_html, render_markdown):
        told = render(bare, "en").replace(bare.digest, shipped.digest)
        assert told == render(shipped, "en")


def test_where_no_purpose_counts_opened_mails_only_a_sign_in_is_named(shipped: Notice) -> None:
    uncounted = {name: replace(one, measures_mail=False) for name, one in shipped.purposes.items()}
    wording = Wording(replace(shipped, purposes=uncounted), "en")
    assert wording.consent_lasts({"from": "last_interest", "months": 24}) == (
        "Your consent holds for 24 months from when you gave it or last signed in; after that it "
        "counts as not given."
    )
