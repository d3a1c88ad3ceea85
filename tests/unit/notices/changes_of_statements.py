"""What changes about rights, statements, forms and words: a row per rule, in both directions."""

from __future__ import annotations

from typing import Any

from tests.unit.notices.changes_edits import (
    Document,
    Row,
    all_of,
    at,
    gone,
    more,
    new,
    under,
)
from tests.unit.notices.grown import one, said, words

FORM_MOVED = (
    "I category_added water_rota; I form_purpose_changed water_rota; E field_dropped membership"
)
FORM_MOVED_BACK = (
    "E category_removed water_rota; I form_purpose_changed membership; I field_asked membership"
)
STATEMENT = {**said("More."), "id": "more"}
ERASE_LIMIT = {**said("Taxes."), "id": "taxes"}


def new_right(document: Document) -> None:
    """Adds a right, and what it does to each category."""
    document["rights"].append({**document["rights"][0], "id": "deactivate"})
    for category in document["categories"]:
        category["outcomes"]["deactivate"] = {"outcome": "reviewed"}


_OF_MEMBERS = "membership newsletter rights_and_proof sign_in_safety"
_ADDRESS = "I field_required membership; I form_address_changed membership"
_ITEM_BACK = f"E item_removed {_OF_MEMBERS}; E record_narrowed {_OF_MEMBERS} water_rota"
_ADDRESS_BACK = "E field_dropped membership; I form_address_changed membership"


def another_address(document: Document) -> None:
    """People are reached by another of their addresses than before."""
    item = {"id": "other_mail", "title": words("Other e-mail"), "type": "email", "max": 254}
    one(document, "categories", "member")["items"].append(item)
    next(kept for kept in document["records"] if kept["kind"] == "profile")["fields"][
        "member"
    ].append("other_mail")
    form = one(document, "forms", "registration")
    form["required"].append("member.other_mail")
    form["address"] = "member.other_mail"


def new_form(document: Document) -> None:
    """Adds a form for another purpose."""
    document["forms"].append({**document["forms"][0], "id": "wishes", "title": words("Wishes")})


def german(document: Document) -> None:
    """Adds a language everywhere; every text is the English one."""
    document["locales"].append("de")

    def translate(value: Any) -> None:
        if isinstance(value, dict) and value.keys() == {"en", "it"}:
            value["de"] = value["en"]
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, (dict, list)):
                translate(inner)

    translate({name: value for name, value in document.items() if name != "locales"})


RIGHTS: list[Row] = [
    ("a right", new_right, "I right_added", "I right_removed"),
    (
        "a limit of a right",
        more("rights", "erase", "limits", ERASE_LIMIT),
        "I right_limit_added",
        "E right_limit_removed",
    ),
    (
        "a limit of all",
        lambda document: document["requests"]["limits"].append(ERASE_LIMIT),
        "I limit_added",
        "E limit_removed",
    ),
    (
        "answers come sooner",
        under("requests/deadline", within={"days": 20}),
        "E deadline_shorter",
        "I deadline_longer",
    ),
    (
        "authority",
        under("complaint", authority="DPC"),
        "I authority_changed",
        "I authority_changed",
    ),
    (
        "number in a register",
        under("controller", registration="CHY 12345"),
        "E contact_changed",
        "E contact_changed",
    ),
    (
        "its site",
        under("complaint", url="https://dpc.ie"),
        "E contact_changed",
        "E contact_changed",
    ),
    (
        "right reworded",
        at("rights", "copy", description=words("See."), how=words("Ask.")),
        "E words_changed",
        "E words_changed",
    ),
]

CONTROLLER: list[Row] = [
    ("name", under("controller", name="M. Ltd"), "I controller_changed", "I controller_changed"),
    ("country", under("controller", country="FR"), "I controller_changed", "I controller_changed"),
    (
        "e-mail",
        under("controller", email="post@millbrook.example"),
        "I rights_address_changed",
        "I rights_address_changed",
    ),
    (
        "a second e-mail address",
        under("controller", email=["secretary@millbrook.example", "post@millbrook.example"]),
        "I rights_address_changed",
        "I rights_address_changed",
    ),
    (
        "joint controllers",
        lambda document: document.update(
            controller=[
                document["controller"],
                {**document["controller"], "name": "Other Ltd", "phone": "+353 3"},
            ],
            arrangement=said("Each answers for its plots."),
        ),
        "I controllers_changed; I arrangement_changed",
        "I controllers_changed; I arrangement_changed",
    ),
    ("phone", under("controller", phone="+353 2"), "E contact_changed", "E contact_changed"),
    ("address", under("controller", address="4 Lane"), "E contact_changed", "E contact_changed"),
    (
        "representative",
        under("controller/representative", name="Fauna Ltd"),
        "I representative_changed",
        "I representative_changed",
    ),
    (
        "no representative",
        gone("controller/representative"),
        "I representative_changed",
        "I representative_changed",
    ),
    (
        "representative reworded",
        under("controller/representative", text=words("Speaks.")),
        "E words_changed",
        "E words_changed",
    ),
    (
        "representative unnamed",
        lambda document: document["controller"].update(representative=said("Nobody.")),
        "I representative_changed",
        "I representative_changed; E words_changed",
    ),
    (
        "officer",
        under("controller/dpo", name="D. Officer"),
        "I officer_changed",
        "I officer_changed",
    ),
    (
        "officer in words",
        under("controller/dpo", text=words("None.")),
        "I officer_changed",
        "I officer_changed",
    ),
    (
        "another place",
        under("processing_location", countries=["IE", "US"]),
        "I location_added",
        "E location_removed",
    ),
    ("no place", gone("processing_location"), "I location_changed", "I location_changed"),
    (
        "place in words alone",
        under("", processing_location=said("Somewhere.")),
        "I location_changed; E location_removed",
        "I location_added; E words_changed",
    ),
    (
        "another site",
        under("site", hosts=["millbrook.example", "shop.example"]),
        "I host_added",
        "I host_removed",
    ),
    ("site's name", under("site", name="M."), "I site_renamed", "I site_renamed"),
]

STATEMENTS: list[Row] = [
    (
        "decisions",
        under("automated_decisions", text=words("Some are.")),
        "I automated_decisions_changed",
        "I automated_decisions_changed",
    ),
    ("minors", under("minors", text=words("From 18.")), "I minors_changed", "I minors_changed"),
    ("an age", under("minors", age=16), "I minors_changed", "I minors_changed"),
    (
        "a time of a right's own",
        at("rights", "copy", deadline={"within": {"days": 20}}),
        "I right_terms_changed",
        "I right_terms_changed",
    ),
    (
        "data of nobody known",
        under("requests", cannot_identify=said("Counts.")),
        "I identification_changed",
        "I identification_changed",
    ),
    ("no word on minors", gone("minors"), "I minors_changed", "I minors_changed"),
    (
        "rule of marketing",
        new("marketing", STATEMENT),
        "I marketing_rules_changed",
        "I marketing_rules_changed",
    ),
    ("promise", new("security", STATEMENT), "E statement_changed", "I promise_removed"),
    ("promise to tell", new("changes", STATEMENT), "E statement_changed", "I promise_removed"),
    (
        "no word on how changes are told",
        gone("announcements"),
        "I promise_removed",
        "E statement_changed",
    ),
    (
        "how changes are told reworded",
        under("announcements", text=words("By letter.")),
        "E words_changed",
        "E words_changed",
    ),
    (
        "other statement",
        new("account_page", STATEMENT),
        "E statement_changed",
        "E statement_changed",
    ),
    ("no introduction", gone("introduction"), "E statement_changed", "E statement_changed"),
    (
        "statement reworded",
        lambda document: document["security"][0].update(text=words("Safe.")),
        "E words_changed",
        "E words_changed",
    ),
    (
        "can be turned off",
        at("notifications", "new_sign_in", optional=False),
        "I notification_forced",
        "E notification_optional",
    ),
    (
        "sent for another purpose",
        at("notifications", "new_sign_in", purpose="membership"),
        "E notification_purpose_changed",
        "E notification_purpose_changed",
    ),
]

FORMS: list[Row] = [
    ("a form", new_form, "I form_added membership", "E form_removed membership"),
    (
        "asked for",
        more("forms", "registration", "optional", "plot.sharer"),
        "I field_asked membership",
        "E field_dropped membership",
    ),
    (
        "required",
        all_of(
            more("forms", "registration", "required", "plot.number"),
            at("forms", "registration", optional=["interests.topics"]),
        ),
        "I field_required membership",
        "E field_optional membership",
    ),
    (
        "required at once",
        more("forms", "registration", "required", "plot.sharer"),
        "I field_required membership",
        "E field_dropped membership",
    ),
    (
        "for another purpose",
        all_of(
            at("forms", "registration", purpose="water_rota", optional=["interests.topics"]),
            more("purposes", "water_rota", "categories", "member"),
        ),
        FORM_MOVED,
        FORM_MOVED_BACK,
    ),
    (
        "another address",
        another_address,
        f"{_ADDRESS}; I item_added {_OF_MEMBERS}; I record_widened {_OF_MEMBERS} water_rota",
        f"{_ADDRESS_BACK}; {_ITEM_BACK}",
    ),
]

REST: list[Row] = [
    (
        "a time zone",
        under("requests", calendar={"zone": "Europe/Berlin", "country": "DE"}),
        "E notation_changed",
        "E notation_changed",
    ),
    ("a language", german, "E language_added", "I language_removed"),
    (
        "the first language",
        under("", locales=["it", "en"]),
        "I language_first; E order_changed",
        "I language_first; E order_changed",
    ),
    ("date", under("", text_date="2025-03-02"), "E date_changed", "E date_changed"),
    ("colour", under("site", accent="#0a5960"), "E look_changed", "E look_changed"),
    (
        "origin",
        lambda document: document["security"][0].update(origin="law", to_confirm=True),
        "E mark_changed",
        "E mark_changed",
    ),
    (
        "order",
        lambda document: document["recipients"].reverse(),
        "E order_changed",
        "E order_changed",
    ),
    ("label", under("", labels={"skip": words("Go on")}), "E words_changed", "E words_changed"),
    ("heading", under("headings", title=words("Notice")), "E words_changed", "E words_changed"),
    (
        "schema",
        lambda document: document.update({"$schema": "notice.schema.json"}),
        "E notation_changed",
        "E notation_changed",
    ),
    (
        "an empty list",
        lambda document: document["cookies"].update(types=[]),
        "E notation_changed",
        "E notation_changed",
    ),
]
