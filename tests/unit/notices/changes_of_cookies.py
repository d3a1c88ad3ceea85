"""What changes about cookies: a row per rule, in both directions."""

from __future__ import annotations

from tests.unit.notices.changes_edits import Row, at, new
from tests.unit.notices.grown import cookie, one, said

COOKIES: list[Row] = [
    (
        "cookie that asks consent",
        new("cookies/cookies", cookie("path", "measurement", "visits")),
        "M cookie_added visits",
        "E cookie_removed visits",
    ),
    (
        "cookie that asks none",
        new("cookies/cookies", cookie("cart", "technical", "membership")),
        "I cookie_added membership",
        "E cookie_removed membership",
    ),
    (
        "longer with consent",
        at("cookies/cookies", "count", lifetime={"days": 92}),
        "M cookie_longer visits",
        "E cookie_shorter visits",
    ),
    (
        "longer than the visit",
        at("cookies/cookies", "__Host-session", lifetime={"session": True}),
        "E cookie_shorter membership",
        "I cookie_longer membership",
    ),
    (
        "the same length",
        at("cookies/cookies", "__Host-session", lifetime={"hours": 720}),
        "E notation_changed membership",
        "E notation_changed membership",
    ),
    (
        "another class",
        at("cookies/cookies", "count", **{"class": "technical", "purpose": "membership"}),
        "I cookie_moved membership",
        "M cookie_moved visits",
    ),
    (
        "third party",
        at("cookies/cookies", "count", party="third", provider="counter"),
        "I cookie_setter_changed visits",
        "I cookie_setter_changed visits",
    ),
    (
        "class that asks consent",
        lambda document: document["cookies"]["classes"].append(
            {**one(document, "cookies/classes", "measurement"), "id": "advertising"}
        ),
        "M cookie_class_added visits",
        "E cookie_class_removed visits",
    ),
    (
        "class that asks no longer",
        at("cookies/classes", "measurement", exempt=True),
        "I cookie_class_exempted visits",
        "M cookie_class_asks visits",
    ),
    (
        "class under another purpose",
        at("cookies/classes", "measurement", purpose="newsletter"),
        "M cookie_class_moved newsletter",
        "M cookie_class_moved visits",
    ),
    (
        "refusals count longer",
        lambda document: document["cookies"]["banner"].update(ask_again={"years": 1}),
        "E asked_later",
        "I asked_sooner",
    ),
    (
        "no word on asking again",
        lambda document: document["cookies"]["banner"].pop("ask_again"),
        "I asked_otherwise",
        "I asked_otherwise",
    ),
    (
        "no word on signals",
        lambda document: document["cookies"]["banner"].pop("signal"),
        "I signal_changed",
        "I signal_changed",
    ),
    (
        "no banner",
        lambda document: [
            document["cookies"].pop("banner"),
            document["cookies"].update(classes=document["cookies"]["classes"][:1]),
            document["cookies"].update(cookies=document["cookies"]["cookies"][:1]),
        ],
        "E banner_changed; E cookie_class_removed visits; E cookie_removed visits",
        "E banner_changed; M cookie_class_added visits; M cookie_added visits",
    ),
    (
        "third parties",
        lambda document: document["cookies"]["third_parties"].append(
            {**said("They count."), "id": "count"}
        ),
        "I third_parties_changed",
        "I third_parties_changed",
    ),
]
