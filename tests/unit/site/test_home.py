"""The page at the root, which has to hold with a slash at the end and without."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from chalicelib.errors import NotFound
from chalicelib.pages.languages import languages
from chalicelib.site.home import home_page, refuse_programs
from chalicelib.web.request import Headers
from functions.http.site import OPERATIONS
from tests.unit.web.accessible import check_accessible

LOCALES = languages()
PUBLIC = "https://api.example/stage"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("locale", LOCALES)
def test_it_leads_to_what_there_is(locale: str) -> None:
    page = home_page("Keep & <Robust>", LOCALES, lambda _: locale, PUBLIC)
    tree = check_accessible(page, locale)
    links = [str(one["href"]) for one in tree.all("a")]
    assert all(link.startswith(f"{PUBLIC}/") for link in links), "nothing relative to the page"
    found = {urlsplit(link).path.removeprefix("/stage") for link in links}
    served = {one.path for one in OPERATIONS if one.method == "GET"}
    assert found <= served
    assert found >= {"/v1/notice", "/v1/cookies", "/v1/password-resets", "/docs", "/v1/health"}
    assert {urlsplit(link).query for link in links} == {f"lang={locale}"}


@pytest.mark.parametrize(
    "accept", [None, "", "*/*", "application/json", "text/plain", "image/png", "text/html;q=0"]
)
def test_a_program_finds_nothing(accept: str | None) -> None:
    headers = Headers({} if accept is None else {"accept": [accept]})
    with pytest.raises(NotFound):
        refuse_programs(headers)


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/json;q=0.5,text/html"])
def test_a_browser_finds_the_page(accept: str) -> None:
    refuse_programs(Headers({"accept": [accept]}))
