"""What changes about recipients: a row per rule, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.notices.changes_edits import (
    Document,
    Row,
    all_of,
    at,
    more,
    new_purpose,
    shared,
    without,
)
from tests.unit.notices.grown import one, receive, recipient, said, words

HOST = "membership newsletter rights_and_proof sign_in_safety"
COUNTER = "visits"
HOST_ASKS_ELSE = "membership rights_and_proof sign_in_safety"
UNSTATED = (
    f"M country_unstated newsletter; I country_unstated {HOST_ASKS_ELSE};"
    f" I place_reworded {HOST}; E mark_changed {HOST}"
)
STATED = (
    # Ireland lies in the area and Switzerland does not.
    f"M country_added newsletter; I country_added {HOST_ASKS_ELSE}; I country_added {HOST};"
    f" E words_changed {HOST}; E mark_changed {HOST}"
)


def receives(name: str, role: str, codes: list[str], *purposes: str) -> Callable[[Document], Any]:
    """Adds a recipient."""
    return lambda document: receive(document, recipient(name, role, codes, *purposes))


def _answers(*rights: str, days: int = 7) -> Callable[[Document], object]:
    return at("recipients", "counter", answers={"rights": [*rights], "within": {"days": days}})


def _country(name: str, *codes: str, **more_of_it: Any) -> Callable[[Document], object]:
    abroad = {"transfer": {"tool": "standard_clauses", "origin": "published"}}
    found = {"codes": [*codes], "origin": "published", **more_of_it}
    return at("recipients", name, country=found, **(abroad if "US" in codes else {}))


RECIPIENTS: list[Row] = [
    (
        "processor in the area",
        receives("printer", "processor", ["IE", "FR"], "newsletter", "membership"),
        "I recipient_added membership newsletter",
        "E recipient_removed membership newsletter",
    ),
    (
        "own system in the area",
        receives("printer", "own_system", ["IE"], "newsletter"),
        "I recipient_added newsletter",
        "E recipient_removed newsletter",
    ),
    (
        "controller",
        receives("seedsmen", "controller", ["IE"], "newsletter", "membership"),
        "M recipient_added newsletter; I recipient_added membership",
        "E recipient_removed membership newsletter",
    ),
    (
        "other users",
        receives("neighbours", "other_users", ["IE"], "visits"),
        "M recipient_added visits",
        "E recipient_removed visits",
    ),
    (
        "processor outside the area",
        receives("cloud", "processor", ["US"], "newsletter"),
        "M recipient_added newsletter",
        "E recipient_removed newsletter",
    ),
    (
        "processor nobody knows where",
        receives("cloud", "processor", [], "newsletter", "water_rota"),
        "M recipient_added newsletter; I recipient_added water_rota",
        "E recipient_removed newsletter water_rota",
    ),
    (
        "known controller for another purpose",
        shared("county_council", "visits", "water_rota"),
        "M recipient_added visits; I recipient_added water_rota",
        "E recipient_removed visits water_rota",
    ),
    (
        "known processor for another purpose",
        shared("counter", "newsletter"),
        "I recipient_added newsletter",
        "E recipient_removed newsletter",
    ),
    (
        "known recipient for a new purpose",
        all_of(new_purpose("consent"), shared("county_council", "swaps")),
        "M purpose_added swaps",
        "I purpose_removed swaps",
    ),
    (
        "no longer bound",
        at("recipients", "host", role="controller"),
        f"M role_changed newsletter; I role_changed {HOST_ASKS_ELSE}",
        f"I role_changed {HOST}",
    ),
    (
        "outside the area",
        _country("counter", "IE", "US"),
        "M country_added visits; I transfer_changed visits",
        "E country_removed visits; I transfer_changed visits",
    ),
    (
        "outside the area without consent",
        _country("county_council", "IE", "US"),
        "I country_added membership; I transfer_changed membership",
        "E country_removed membership; I transfer_changed membership",
    ),
    (
        "within the area",
        _country("counter", "IE", "FR"),
        "I country_added visits",
        "E country_removed visits",
    ),
    (
        "country no longer stated",
        at("recipients", "host", country=said("Somewhere.", to_confirm=True)),
        UNSTATED,
        STATED,
    ),
    (
        "place in words",
        at("recipients", "helpers", country=said("In the village.", to_confirm=True)),
        "I place_reworded water_rota",
        "I place_reworded water_rota",
    ),
    (
        "safeguard",
        lambda document: one(document, "recipients", "host")["transfer"].update(tool="derogation"),
        f"I transfer_changed {HOST}",
        f"I transfer_changed {HOST}",
    ),
    (
        "safeguard in words",
        at("recipients", "helpers", transfer=said("A promise.", to_confirm=True)),
        "I transfer_changed water_rota",
        "I transfer_changed water_rota",
    ),
    (
        "several safeguards",
        lambda document: one(document, "recipients", "host").update(
            transfer=[{**one(document, "recipients", "host")["transfer"], "countries": ["CH"]}]
        ),
        f"I transfer_changed {HOST}",
        f"I transfer_changed {HOST}",
    ),
    (
        "a purpose written as an object",
        at("recipients", "helpers", purposes=[{"id": "water_rota"}]),
        "",
        "",
    ),
    (
        "items for one purpose",
        at("recipients", "seed_shop", purposes=[{"id": "newsletter", "items": ["member.mail"]}]),
        "M items_more newsletter",
        "M items_more newsletter",
    ),
    (
        "items for a purpose of a processor",
        at("recipients", "helpers", purposes=[{"id": "water_rota", "items": ["plot.number"]}]),
        "E items_fewer water_rota",
        "I items_more water_rota",
    ),
    (
        "safeguard reworded",
        lambda document: one(document, "recipients", "host")["transfer"].update(text=words("CH")),
        f"E words_changed {HOST}",
        f"E words_changed {HOST}",
    ),
    (
        "another item for a controller",
        more("recipients", "seed_shop", "items", "member.mail", "member.details"),
        "M items_more newsletter",
        "E items_fewer newsletter",
    ),
    (
        "all items for a controller",
        without("recipients", "seed_shop", "items"),
        "M items_more newsletter",
        "E items_fewer newsletter",
    ),
    (
        "another item without consent",
        more("recipients", "county_council", "items", "member.mail"),
        "I items_more membership",
        "E items_fewer membership",
    ),
    (
        "another item for a processor",
        more("recipients", "counter", "items", "device.ip_address"),
        "I items_more visits",
        "E items_fewer visits",
    ),
    (
        "another region",
        more("recipients", "host", "hosting", "aws:eu-south-1"),
        f"I hosting_added {HOST}",
        f"E hosting_removed {HOST}",
    ),
    (
        "takes part in requests",
        at("recipients", "host", answers={"rights": ["copy", "erase"], "within": {"days": 10}}),
        f"E answering_began {HOST}",
        f"I answering_ended {HOST}",
    ),
    (
        "takes part in another right",
        _answers("copy", "erase", "port"),
        f"E answering_began {COUNTER}",
        f"I answering_ended {COUNTER}",
    ),
    (
        "has longer to answer",
        _answers("copy", "erase", days=14),
        f"I answering_later {COUNTER}",
        f"E answering_sooner {COUNTER}",
    ),
    (
        "recipient reworded",
        at("recipients", "host", name=words("Who hosts us"), description=words("Hosts.")),
        f"E words_changed {HOST}",
        f"E words_changed {HOST}",
    ),
]
