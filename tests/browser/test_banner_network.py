"""The network between the banner and the product: down, slow, answers lost, too many, refused."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.visits import (
    ADS,
    ASKED,
    ELSEWHERE,
    FUNCTIONAL,
    MEASURED,
    RAN,
    Shopping,
    Visit,
    answering,
)
from tests.functions.api import ok


class Line:
    """The line on which messages leave: each of them can be lost on the way, and is counted."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.tried: list[tuple[str, str, str]] = []
        self.first: set[str] = set()
        self.at: list[float] = []
        self.fault: Any = None
        context.route(f"{base}/v1/consents", self._passes)

    def _passes(self, route: Route) -> None:
        request = route.request
        if request.method == "POST":
            body: dict[str, Any] = json.loads(request.post_data or "")
            self.tried.append(
                (request.headers["riserbo-visitor"], body["event_id"], str(body["decisions"]))
            )
            if body.get("first"):
                self.first.add(body["event_id"])
            self.at.append(time.monotonic())
        if self.fault is None or request.method != "POST":
            route.continue_()
        else:
            self.fault(route)


def down(route: Route) -> None:
    route.abort("connectionrefused")


def lost(route: Route) -> None:
    """The product does what it is asked; its answer never arrives."""
    route.fetch()
    route.abort("connectionreset")


def line(one: Visit, fault: Any) -> Line:
    found = Line(one.page.context, one.shopping.api.base_url)
    found.fault = fault
    return found


def test_a_choice_while_the_product_is_down_holds_and_is_told_later(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, down)
        one.open()
        one.asked()
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        one.has_run(*RAN)
        assert one.until(lambda: len(wire.tried) >= 1, 5)
        kept = one.kept()
        assert kept is not None
        assert len(kept["waiting"]) == 1
        one.open("/catalogue")
        one.not_asked()
        one.has_run(*RAN)
        wire.fault = None
        one.open("/basket")
        one.not_asked()
        one.sent()
        assert len(set(wire.tried)) == 1, "visitor, event and decisions stay through every retry"
        assert len(one.entries()) == 1


def test_a_lost_answer_makes_neither_a_second_visitor_nor_a_second_entry(
    shopping: Shopping,
) -> None:
    with shopping.person() as one:
        wire = line(one, lost)
        one.open()
        one.asked()
        one.choose("measurement")
        assert one.until(lambda: len(wire.tried) >= 1, 10)
        wire.fault = None
        one.open("/catalogue")
        one.sent()
        assert len(wire.tried) >= 2
        assert len({tried[:2] for tried in wire.tried}) == 1
        (entry,) = one.entries()
        assert entry["decisions"][MEASURED] == "granted"
        assert entry["decisions"][ADS] == "denied"


def test_it_tries_again_by_itself_with_growing_pauses(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, down)
        one.open()
        one.asked()
        one.press("refuse_all")
        assert one.until(lambda: len(wire.at) >= 3, 30), wire.at
        pauses = [later - before for before, later in zip(wire.at, wire.at[1:], strict=False)]
        assert pauses[0] >= 0.4
        assert pauses[1] > pauses[0]


def test_too_many_requests_are_heeded_and_the_choice_stands(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, lambda route: route.fulfill(**answering(429, Retry_After="3")))
        one.open()
        one.asked()
        one.press("refuse_all")
        expect(one.region).to_be_hidden()
        assert one.until(lambda: len(wire.at) == 1, 5)
        wire.fault = None
        one.open("/catalogue")
        one.not_asked()
        one.sent()
        assert len(wire.at) == 2
        assert wire.at[1] - wire.at[0] >= 2.9
        assert len(one.entries()) == 1


def test_a_message_that_is_refused_is_dropped_and_the_choice_is_not(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, lambda route: route.fulfill(**answering(422, {"status": 422})))
        one.open()
        one.asked()
        one.press("accept_all")
        one.sent()
        assert len(wire.tried) == 1
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, True)
        one.open("/catalogue")
        one.not_asked()
        one.has_run(*RAN)
        one.settle()
        assert len(wire.tried) == 1


def test_a_server_error_is_tried_again(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, lambda route: route.fulfill(**answering(503)))
        one.open()
        one.asked()
        one.press("refuse_all")
        assert one.until(lambda: len(wire.tried) >= 1, 5)
        wire.fault = None
        one.sent()
        assert len(set(wire.tried)) == 1
        assert len(one.entries()) == 1


def test_messages_leave_in_order_one_at_a_time(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, down)
        one.open()
        one.asked()
        one.choose("measurement")
        one.choose("measurement", "functionality")
        one.choose("measurement", "functionality", "advertising")
        wire.tried.clear()
        wire.fault = None
        one.open("/catalogue")
        one.sent()
        # A page that was left may have sent one whose answer it did not see: that one comes again.
        events = [tried[1] for tried in wire.tried]
        order = list(dict.fromkeys(events))
        assert len(order) == 3
        assert events == sorted(events, key=order.index)
        assert wire.first == {order[0]}, "what is decided first spares the service a read"
        assert len({tried[0] for tried in wire.tried}) == 1
        told = [
            [entry["decisions"].get(name) for name in (MEASURED, FUNCTIONAL, ADS)]
            for entry in one.entries()
        ]
        assert told[0] == ["granted", "denied", "denied"]
        assert told[1][1] == "granted"
        assert told[2][2] == "granted"
        assert len(told) == 3


def test_at_most_twenty_messages_wait_and_the_last_word_is_among_them(shopping: Shopping) -> None:
    with shopping.person() as one:
        wire = line(one, down)
        one.open()
        one.asked()
        one.press("refuse_all")
        one.page.evaluate(
            """() => {
                const kept = JSON.parse(localStorage.getItem('riserbo'));
                const [first] = kept.waiting;
                for (let number = 10; number < 29; number += 1) {
                    const text = JSON.stringify(first);
                    const event = /"event_id":"([^"]+)"/.exec(text)[1];
                    const own = event.slice(0, -2) + number;
                    kept.waiting.push(JSON.parse(text.replaceAll(event, own)));
                }
                localStorage.setItem('riserbo', JSON.stringify(kept));
            }"""
        )
        one.open("/catalogue")
        one.not_asked()
        one.choose("measurement")
        kept = one.kept()
        assert kept is not None
        assert len(kept["waiting"]) == 20
        wire.fault = None
        one.open("/catalogue")
        one.sent(60)
        allowed = one.allowed("functionality", "measurement")
        stands = ok(shopping.api.get("/v1/consents", headers={"Riserbo-Visitor": one.visitor()}))[
            "standing"
        ]
        assert (stands[FUNCTIONAL]["decision"] == "granted") is allowed["functionality"]
        assert (stands[MEASURED]["decision"] == "granted") is allowed["measurement"]


def test_the_network_that_comes_back_is_used_at_once(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.context.set_offline(True)
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        one.page.wait_for_timeout(3000)
        kept = one.kept()
        assert kept is not None
        assert kept["waiting"]
        one.page.context.set_offline(False)
        one.sent(5)
        assert len(one.entries()) == 1


def test_nothing_in_the_page_waits_for_the_network(shopping: Shopping) -> None:
    held: list[Route] = []
    with shopping.person() as one:
        line(one, lambda route: held.append(route))
        one.open()
        one.asked()
        one.press("accept_all")
        expect(one.region).to_be_hidden(timeout=1000)
        one.has_run(*RAN)
        assert one.allowed("advertising") == {"advertising": True}
        assert one.until(lambda: bool(held), 5)
        held[0].abort()


def test_a_message_outlives_its_page(shopping: Shopping) -> None:
    def watched(context: BrowserContext) -> None:
        context.add_init_script(
            "const get = window.fetch; window.fetch = (where, how) => {"
            " if (how && how.method === 'POST') window.alive = how.keepalive;"
            " return get(where, how); };"
        )

    with shopping.person(before=watched) as one:
        one.open()
        one.asked()
        one.press("refuse_all")
        assert one.until(lambda: one.page.evaluate("window.alive") is True, 5)
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("accept_all")
        one.page.goto("about:blank")
        one.open("/catalogue")
        one.sent()
        assert len(one.entries()) == 1


def test_a_site_that_may_not_call_has_a_banner_that_works_and_is_told_why(
    shopping: Shopping,
) -> None:
    with shopping.person() as one:
        one.open(host=f"www.{ELSEWHERE}")
        one.asked()
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        one.has_run(*RAN)
        one.page.wait_for_timeout(2500)

        def lines() -> list[str]:
            return [
                text
                for text in one.console
                if "riserbo" in text.lower() and "blocked by CORS policy" not in text
            ]

        assert len(lines()) == 1, one.console
        assert f"http://www.{ELSEWHERE}" in lines()[0]
        one.console.clear()
        one.open("/catalogue", host=f"www.{ELSEWHERE}")
        one.not_asked()
        one.has_run(*RAN)


def test_what_the_product_answers_replaces_what_the_browser_held(shopping: Shopping) -> None:
    """An account's earlier choice, for example: the answer says what stands."""
    with shopping.person() as one:

        def other(route: Route) -> None:
            told = route.fetch().json()
            told["standing"][MEASURED] |= {"decision": "denied", "recorded": "denied"}
            route.fulfill(**answering(201, told, Content_Type="application/json"))

        line(one, other)
        one.open()
        one.asked()
        one.choose("functionality", "measurement")
        assert one.until(lambda: not one.allowed("measurement")["measurement"], 10)
        one.ready()
        kept = one.kept()
        assert kept is not None
        assert kept["decisions"][MEASURED]["decision"] == "denied"
        assert one.allowed("functionality") == {"functionality": True}


@pytest.mark.parametrize("fault", [down, lambda route: route.fulfill(**answering(500))])
def test_where_the_catalogue_does_not_come_nothing_optional_runs(
    shopping: Shopping, fault: Any
) -> None:
    """The script for sites that want its integrity fetches the catalogue by itself."""
    shopping.pinned()
    with shopping.person() as one:
        one.page.context.route(f"{shopping.api.base_url}/v1/cookies*", fault)
        one.page.goto(f"{shopping.origin}/pinned")
        one.settle()
        expect(one.region).to_be_hidden()
        assert one.page.evaluate("localStorage.length") == 0
        assert one.page.evaluate("window.ran") is None


def test_the_pinned_script_asks_with_two_requests(shopping: Shopping) -> None:
    shopping.pinned()
    with shopping.person() as one:
        one.page.goto(f"{shopping.origin}/pinned")
        one.asked()
        one.settle()
        assert len(one.away()) == 2
        assert one.posts() == []
        one.press("accept_all")
        assert one.until(lambda: one.page.evaluate("window.ran") == ["pinned"], 5)
        one.sent()
        assert one.entries()[0]["decisions"][MEASURED] == "granted"
        assert one.posts()[0]["evidence"]
