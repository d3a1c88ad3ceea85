"""Every page is found by following links from the first one: signed out, signed in, at the desk.

The pages work without script, so the links in their HTML are all the ways that a person has: plain
requests follow them as a browser would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.web.pages.contract import Session
from functions.pages import page_operations
from tests.functions import desk, people, versions
from tests.functions.api import HTML, Api, ok
from tests.functions.stack import DeployedStack

COOKIE: Final = "__Host-riserbo-session"
SIGN_IN: Final = {"/sign-in"}

BEHIND_A_FORM: Final = {
    "/sign-in/code": "a right password leads to it",
    "/account/requests/{id}/receipt": "an erasure that was carried out has one",
    "/notice/{version}/changes": "a second version of the notice has something to tell",
}
"""Pages without a token that no link reaches in the state of this test, and what leads to them."""


@dataclass
class Document(HTMLParser):
    """What a page's HTML holds of the ways that lead on, and of the places to arrive at."""

    text: str
    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "hreflang" not in given:
            self.links.add(given.get("href") or "")
        if given.get("id"):
            self.ids.add(str(given["id"]))


@dataclass
class Walk:
    """A walk through all pages, each address opened once.

    `statuses` are those of the addresses, `ways` the addresses of this software to which each leads
    on, and `anchors` the places that links name, with the page that each is on. `files` are the
    addresses of what is downloaded.
    """

    api: Api
    headers: Mapping[str, str]
    statuses: dict[str, int] = field(default_factory=dict)
    pages: dict[str, Document] = field(default_factory=dict)
    ways: dict[str, set[str]] = field(default_factory=dict)
    anchors: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def from_the_first(self) -> Walk:
        waiting = ["/"]
        while waiting:
            address = waiting.pop()
            if address in self.statuses or _is_narrowed_twice(address) or _is_long_ago(address):
                continue
            answer = self.api.get(address, headers={"Accept": HTML, **self.headers})
            self.statuses[address] = answer.status_code
            if "attachment" in answer.headers.get("Content-Disposition", ""):
                self.files.add(address)
            self.pages[address] = Document(answer.text)
            self.ways[address] = set(self._links(address))
            if answer.status_code == 303:
                self.ways[address].add(self._address(answer.headers["Location"])[0])
            waiting += self.ways[address]
        return self

    def _links(self, address: str) -> Iterator[str]:
        path = urlsplit(address).path
        for link in self.pages[address].links:
            if link.startswith("#"):
                to, fragment = address, link[1:]
            elif link.startswith(f"{self.api.base_url}/"):
                to, fragment = self._address(link)
            else:
                assert re.match(r"https://|mailto:|tel:", link), f"{path} has a link to {link!r}"
                continue
            if fragment:
                self.anchors.add((to, fragment))
            yield to

    def _address(self, link: str) -> tuple[str, str]:
        """An address without its language, and the place on its page."""
        found = urlsplit(link.removeprefix(self.api.base_url))
        query = urlencode([one for one in parse_qsl(found.query) if one[0] != "lang"])
        return (found.path or "/") + (f"?{query}" if query else ""), found.fragment

    def refused(self) -> dict[str, int]:
        """What links lead to and is no page, with its status.

        A page of an account leads somebody who has not signed in to where one does.
        """
        return {
            address: status
            for address, status in self.statuses.items()
            if status != 200
            and not (status == 303 and {urlsplit(to).path for to in self.ways[address]} == SIGN_IN)
        }

    def dead(self) -> list[str]:
        """Lists the pages that lead to no other, or not home."""
        return [
            address
            for address, status in self.statuses.items()
            if status == 200
            and address not in self.files
            and ("/" not in self.ways[address] or not self.ways[address] - {address, "/"})
        ]


def _is_narrowed_twice(address: str) -> bool:
    """Whether an address is a list of the desk by two filters at once, which are hundreds."""
    found = urlsplit(address)
    return found.path.startswith("/desk") and len(parse_qsl(found.query)) > 1


def _is_long_ago(address: str) -> bool:
    """Whether an address is a month's report of more than a year ago.

    Each month leads to the one before, back to the year 2000, where a unit test of the page sees
    that the links end: that is one page three hundred times.
    """
    month = dict(parse_qsl(urlsplit(address).query)).get("month")
    return month is not None and month < f"{datetime.now(UTC) - timedelta(days=400):%Y-%m}"


def pattern(path: str) -> re.Pattern[str]:
    """What an address with something for each parameter of a path looks like."""
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + r"(\?.*)?")


def wanted() -> set[str]:
    """The pages whose address holds no token, but for assets and the address of nothing."""
    pages = {one.path for one in page_operations() if one.method == "GET" and not one.token}
    return {path for path in pages if not re.search(r"^/assets/|\+\}", path)}


def reached(walk: Walk) -> set[str]:
    """The pages that a walk came to; an address is that of the page with the fewest parameters."""
    order = sorted(wanted(), key=lambda path: path.count("{"))
    found = (
        next((path for path in order if pattern(path).fullmatch(address)), address)
        for address in walk.statuses
    )
    return set(found)


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def signed_out(api: Api) -> Walk:
    return Walk(api, {}).from_the_first()


@pytest.fixture(scope="module")
def signed_in(api: Api) -> Walk:
    """The walk of somebody who has decided something and asked for something."""
    ada = people.signed_in(api, decisions={"surveys": "granted"})
    ok(api.post("/v1/requests", headers=ada.headers, json={"right": "copy"}), 201)
    return Walk(api, {"Cookie": f"{COOKIE}={ada.token}"}).from_the_first()


@pytest.fixture(scope="module")
def at_the_desk(api: Api) -> Walk:
    """The walk of an officer, with a request and a draft of a notice on the desk."""
    staff = desk.officer(api)[0]
    ada = people.signed_in(api)
    ok(api.post("/v1/requests", headers=ada.headers, json={"right": "copy"}), 201)
    draft = desk.save(api, staff, versions.following(timedelta(days=16)))
    walk = Walk(api, {"Cookie": f"{COOKIE}={staff.token}"}).from_the_first()
    gone = api.delete(f"{desk.NOTICES}/{draft['version']}", headers=staff.headers)
    assert gone.status_code == 204
    return walk


@pytest.mark.parametrize("whose", ["signed_out", "signed_in", "at_the_desk"])
def test_every_link_leads_to_a_page_from_which_others_lead_on(
    request: pytest.FixtureRequest, whose: str
) -> None:
    walk: Walk = request.getfixturevalue(whose)
    assert walk.refused() == {}
    assert walk.dead() == []
    shown = {one for one in walk.anchors if walk.statuses[one[0]] == 200}
    lost = {one for one in shown if one[1] not in walk.pages[one[0]].ids}
    assert lost == set(), "these places are on no page"


def test_every_page_is_reached(signed_out: Walk, signed_in: Walk, at_the_desk: Walk) -> None:
    found = reached(signed_out) | reached(signed_in) | reached(at_the_desk)
    assert wanted() - found == set(BEHIND_A_FORM)
    own = {one.path for one in page_operations() if one.session is Session.REQUIRED}
    assert wanted() - own - reached(signed_out) <= set(BEHIND_A_FORM)
