"""What changes about purposes and categories: a row per rule, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from tests.unit.notices.changes_edits import (
    Document,
    Row,
    all_of,
    at,
    basis,
    more,
    new,
    new_purpose,
    without,
)
from tests.unit.notices.grown import one, said, words


def garden(*purposes: str) -> Callable[[Document], object]:
    """Adds a category like that of plots, with one item, for these purposes."""

    def add(document: Document) -> None:
        added = deepcopy(one(document, "categories", "plot"))
        added.update(id="garden", items=[{**added["items"][0], "id": "size"}])
        document["categories"].append(added)
        for name in purposes:
            one(document, "purposes", name)["categories"].append("garden")

    return add


GOSSIP = {"id": "gossip", "origin": "published", "title": words("Gossip"), "party": "public"}
GROUND = {"from": "consent", "ground": words("Members asked for it."), "origin": "published"}
CLAIMS = {"kind": "claims", "text": words("Claims are defended.")}
KNOWN = {"kind": "known", "text": words("They heard it when they joined.")}
INTEREST = {"interest": words("Ours.")}


def _special_interests(document: Document) -> None:
    one(document, "categories", "interests")["special"] = "political_opinions"


def _explicitly(document: Document) -> None:
    one(document, "purposes", "newsletter")["basis"]["condition"] = "explicit_consent"


def _on_a_condition(document: Document) -> None:
    one(document, "purposes", "newsletter")["basis"]["condition"] = "made_public"


PURPOSES: list[Row] = [
    (
        "people whom nothing was for",
        lambda document: document["audiences"].append(
            {"id": "heirs", "origin": "published", "title": words("Heirs")}
        ),
        "I audience_added",
        "E audience_removed",
    ),
    (
        "a purpose for more people",
        lambda document: one(document, "purposes", "water_rota")["audiences"].append("guests"),
        "I audience_changed water_rota",
        "I audience_changed water_rota",
    ),
    (
        "a purpose for everybody",
        lambda document: one(document, "purposes", "water_rota").pop("audiences"),
        "I audience_changed water_rota",
        "I audience_changed water_rota",
    ),
    (
        "a form for some",
        lambda document: document["forms"][0].update(audiences=["members"]),
        "I audience_changed membership",
        "I audience_changed membership",
    ),
    (
        "consent asked for",
        new_purpose("consent"),
        "M purpose_added swaps",
        "I purpose_removed swaps",
    ),
    (
        "nothing to ask",
        new_purpose("legitimate_interest"),
        "I purpose_added swaps",
        "I purpose_removed swaps",
    ),
    (
        "to consent and from it",
        basis("membership", "consent"),
        "M basis_now_consent membership",
        "I basis_left_consent membership",
    ),
    (
        "from consent with a ground",
        all_of(
            basis("newsletter", "legitimate_interest", **INTEREST),
            without("purposes", "newsletter", "consent_lasts"),
            at("forms", "registration", optional=["plot.number"]),
            at("purposes", "newsletter", basis_change=GROUND),
        ),
        "I basis_left_consent newsletter; E field_dropped membership",
        "M basis_now_consent newsletter; I field_asked membership",
    ),
    (
        "between others",
        basis("water_rota", "contract"),
        "I basis_changed water_rota",
        "I basis_changed water_rota",
    ),
    (
        "another interest",
        basis("water_rota", "legitimate_interest", interest=words("Another.")),
        "I interest_changed water_rota",
        "I interest_changed water_rota",
    ),
    (
        "another act",
        basis("rights_and_proof", "legal_obligation", act=words("Another.")),
        "I act_changed rights_and_proof; E mark_changed rights_and_proof",
        "I act_changed rights_and_proof; E mark_changed rights_and_proof",
    ),
    (
        "a second basis",
        at(
            "purposes",
            "membership",
            basis=[
                {"kind": "contract", "origin": "published"},
                {"kind": "legal_obligation", "origin": "law", "act": words("The tax act.")},
            ],
        ),
        "I basis_changed membership",
        "I basis_changed membership",
    ),
    (
        "consent to more items",
        lambda document: one(document, "purposes", "visits")["basis"][0]["items"].append(
            "device.ip_address"
        ),
        "M basis_covers visits",
        "M basis_covers visits",
    ),
    (
        "a basis covers more",
        lambda document: one(document, "purposes", "sign_in_safety")["basis"][1][
            "categories"
        ].append("member"),
        "I basis_covers sign_in_safety",
        "I basis_covers sign_in_safety",
    ),
    (
        "one of two bases in the place of another",
        lambda document: one(document, "purposes", "sign_in_safety")["basis"][1].update(
            kind="legal_obligation"
        ),
        "I basis_changed sign_in_safety",
        "I basis_changed sign_in_safety",
    ),
    (
        "a condition of special categories",
        lambda document: one(document, "purposes", "rights_and_proof")["basis"].update(
            condition="legal_claims"
        ),
        "I condition_changed rights_and_proof",
        "I condition_changed rights_and_proof",
    ),
    (
        "explicit consent asked for",
        _special_interests,
        "M special_changed newsletter",
        "I special_changed newsletter",
    ),
    (
        "explicit consent in so many words",
        all_of(_special_interests, _explicitly),
        "M special_changed newsletter; M condition_changed newsletter",
        "I special_changed newsletter; I condition_changed newsletter",
    ),
    (
        "another special category, on another condition",
        all_of(_special_interests, _on_a_condition),
        "M special_changed newsletter; I condition_changed newsletter",
        "I special_changed newsletter; I condition_changed newsletter",
    ),
    (
        "profiling",
        at("purposes", "newsletter", profiling=True),
        "M profiling_began newsletter",
        "I profiling_ended newsletter",
    ),
    (
        "data sold",
        at("categories", "interests", sold=True, sold_to=["host"]),
        "I sale_changed newsletter; I sale_changed newsletter",
        "I sale_changed newsletter; I sale_changed newsletter",
    ),
    (
        "ground recorded",
        without("purposes", "sign_in_safety", "basis_change"),
        "E ground_changed sign_in_safety",
        "E ground_changed sign_in_safety",
    ),
    (
        "ground reworded",
        at("purposes", "sign_in_safety", basis_change={**GROUND, "from": "contract"}),
        "E ground_changed sign_in_safety",
        "E ground_changed sign_in_safety",
    ),
    (
        "goes on while restricted",
        at("purposes", "water_rota", when_restricted=CLAIMS),
        "I restriction_exempted water_rota",
        "E restriction_obeyed water_rota",
    ),
    (
        "goes on while restricted, for another reason",
        at("purposes", "sign_in_safety", when_restricted=CLAIMS),
        "I restriction_exempted sign_in_safety; I restriction_exempted sign_in_safety",
        "I restriction_exempted sign_in_safety; I restriction_exempted sign_in_safety",
    ),
    (
        "more left to machines",
        at("purposes", "newsletter", automated="assisted"),
        "M automation_raised newsletter",
        "E automation_lowered newsletter",
    ),
    (
        "no longer said to be without machines",
        at("purposes", "newsletter", automated="not_stated"),
        "M automation_raised newsletter",
        "E automation_lowered newsletter",
    ),
    (
        "more left to machines without consent",
        at("purposes", "membership", automated="assisted"),
        "I automation_raised membership",
        "E automation_lowered membership",
    ),
    (
        "other logic",
        at("purposes", "water_rota", logic=said("Wet plots come first.")),
        "I logic_changed water_rota",
        "I logic_changed water_rota",
    ),
    (
        "no logic",
        without("purposes", "water_rota", "logic"),
        "I logic_changed water_rota",
        "I logic_changed water_rota",
    ),
    (
        "marketing",
        at("purposes", "visits", marketing=True),
        "M marketing_began visits",
        "I marketing_ended visits",
    ),
    (
        "opened mails count",
        at("purposes", "newsletter", measures_mail=True),
        "I measuring_changed newsletter",
        "I measuring_changed newsletter",
    ),
    (
        "another channel",
        more("purposes", "newsletter", "channels", "sms"),
        "M channel_added newsletter",
        "E channel_removed newsletter",
    ),
    (
        "another channel without consent",
        more("purposes", "water_rota", "channels", "sms"),
        "I channel_added water_rota",
        "E channel_removed water_rota",
    ),
    (
        "consent for longer",
        at("purposes", "visits", lasts={"months": 13}),
        "I consent_longer visits",
        "I consent_shorter visits",
    ),
    (
        "consent for as long",
        at("purposes", "visits", lasts={"years": 1}),
        "E notation_changed visits",
        "E notation_changed visits",
    ),
    (
        "consent from another moment",
        at("purposes", "visits", lasts={"from": "last_interest", "months": 12}),
        "I consent_otherwise visits",
        "I consent_otherwise visits",
    ),
    (
        "the same moment in words",
        at("purposes", "visits", lasts={"from": "decision", "months": 12}),
        "",
        "",
    ),
    (
        "what older documents call it",
        all_of(
            without("purposes", "visits", "lasts"),
            at("purposes", "visits", consent_lasts={"months": 13}),
        ),
        "I consent_longer visits",
        "I consent_shorter visits",
    ),
    (
        "consent without an end",
        without("purposes", "visits", "lasts"),
        "I consent_unending visits",
        "I consent_ending visits",
    ),
    (
        "a signal that denies",
        at("purposes", "newsletter", signals=["gpc"]),
        "I signal_honoured newsletter",
        "I signal_ignored newsletter",
    ),
    (
        "purpose reworded",
        at("purposes", "newsletter", title=words("A letter"), description=words("Four.")),
        "E words_changed newsletter",
        "E words_changed newsletter",
    ),
    (
        "note",
        at("purposes", "newsletter", notes=[]),
        "I note_changed newsletter",
        "I note_changed newsletter",
    ),
]

CATEGORIES: list[Row] = [
    (
        "known category",
        all_of(
            more("purposes", "newsletter", "categories", "device"),
            more("purposes", "membership", "categories", "device"),
        ),
        "M category_added newsletter; I category_added membership",
        "E category_removed membership newsletter",
    ),
    (
        "new category",
        garden("newsletter", "membership", "water_rota"),
        "M category_added newsletter; I category_added membership water_rota",
        "E category_removed membership newsletter water_rota",
    ),
    (
        "item",
        more(
            "categories",
            "device",
            "items",
            {"id": "browser", "title": words("Browser"), "type": "text", "max": 50},
        ),
        "I item_added sign_in_safety visits",
        "E item_removed sign_in_safety visits",
    ),
    (
        "type of an item",
        lambda document: one(document, "categories", "plot")["items"][1].update(type="file"),
        "I item_form_changed membership water_rota",
        "I item_form_changed membership water_rota",
    ),
    (
        "length of an item",
        lambda document: one(document, "categories", "plot")["items"][1].update(max=121),
        "E item_length_changed membership water_rota",
        "E item_length_changed membership water_rota",
    ),
    (
        "known source",
        more("categories", "plot", "source", "signing_in"),
        "I category_source_added membership water_rota",
        "E category_source_removed membership water_rota",
    ),
    (
        "new source",
        new("sources", GOSSIP),
        "I source_added",
        "E source_removed",
    ),
    (
        "a source has a name",
        at("sources", "plot_holders", name="Register of plots"),
        "I source_named membership water_rota",
        "I source_named membership water_rota",
    ),
    (
        "who gives",
        at("sources", "plot_holders", party="public"),
        "I source_changed membership water_rota",
        "I source_changed membership water_rota",
    ),
    (
        "nobody is told of what others gave",
        at("sources", "plot_holders", not_told=KNOWN),
        "I source_untold membership water_rota",
        "E source_told membership water_rota",
    ),
    (
        "outcome of a right",
        lambda document: one(document, "categories", "plot")["outcomes"].update(
            object={"outcome": "reviewed"}
        ),
        "I outcome_changed membership water_rota",
        "I outcome_changed membership water_rota",
    ),
]
