"""What changes about cookies: a row per rule, in both directions."""

from __future__ import annotations

from tests.unit.notices.changes_edits import Row, at, more, new
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
        "place in browsers",
        at("cookies/cookies", "count", path="/shop", pattern="count_*"),
        "E notation_changed visits",
        "E notation_changed visits",
    ),
    (
        "class that asks consent",
        lambda document: document["cookies"]["classes"].append(
            {
                **one(document, "cookies/classes", "measurement"),
                "id": "advertising",
                "consent_mode": ["ad_storage"],
            }
        ),
        "M cookie_class_added visits",
        "E cookie_class_removed visits",
    ),
    (
        "class that asks no longer",
        at("cookies/classes", "measurement", exempt=True),
        # The software declares where the banner keeps a choice, while one is asked for.
        "I cookie_class_exempted visits; E cookie_removed membership",
        "M cookie_class_asks visits; I cookie_added membership",
    ),
    (
        "class under another purpose",
        at("cookies/classes", "measurement", purpose="newsletter"),
        "M cookie_class_moved newsletter",
        "M cookie_class_moved visits",
    ),
    (
        "class that grants Google more",
        more("cookies/classes", "measurement", "consent_mode", "personalization_storage"),
        "M consent_mode_added visits",
        "E consent_mode_removed visits",
    ),
    (
        "exempt class that grants Google more",
        at("cookies/classes", "technical", consent_mode=["security_storage"]),
        "I consent_mode_added membership",
        "E consent_mode_removed membership",
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
        lambda document: [
            document["cookies"]["banner"].pop("signal"),
            one(document, "purposes", "visits").pop("signals"),
        ],
        "I signal_changed; I signal_ignored visits",
        "I signal_changed; I signal_honoured visits",
    ),
    (
        "no banner",
        lambda document: [
            document["cookies"].pop("banner"),
            one(document, "purposes", "visits").pop("signals"),
            document["cookies"].update(classes=document["cookies"]["classes"][:1]),
            document["cookies"].update(cookies=document["cookies"]["cookies"][:1]),
        ],
        (
            "E banner_changed; E cookie_class_removed visits; E cookie_removed visits;"
            " E cookie_removed membership; I signal_ignored visits"
        ),
        (
            "E banner_changed; M cookie_class_added visits; M cookie_added visits;"
            " I cookie_added membership; I signal_honoured visits"
        ),
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
