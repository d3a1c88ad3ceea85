"""What changes about retention and records: a row per rule, in both directions."""

from __future__ import annotations

from tests.unit.notices.changes_edits import Row, at, gone, more, under, without
from tests.unit.notices.grown import one, words

PROFILE = "membership newsletter rights_and_proof sign_in_safety water_rota"
HELD = "membership newsletter rights_and_proof sign_in_safety"

RETENTION: list[Row] = [
    (
        "longer",
        at("retention", "profile_end", period={"days": 366}),
        f"I retention_longer {PROFILE}",
        f"I retention_shorter {PROFILE}",
    ),
    (
        "the same time",
        at("retention", "profile_end", period={"months": 12}),
        f"E notation_changed {PROFILE}",
        f"E notation_changed {PROFILE}",
    ),
    (
        "another end",
        at("retention", "session_end", then="anonymise"),
        "I retention_changed sign_in_safety visits",
        "I retention_changed sign_in_safety visits",
    ),
    (
        "another rule",
        lambda document: [
            document["retention"].append(
                {**one(document, "retention", "session_end"), "id": "session_idle", "from": "ended"}
            ),
            one(document, "categories", "device")["retention"]["rules"].append("session_idle"),
        ],
        "I retention_added sign_in_safety visits",
        "I retention_removed sign_in_safety visits",
    ),
    (
        "what decides in place of a time",
        lambda document: [
            one(document, "retention", "bill_kept").pop("period"),
            one(document, "retention", "bill_kept").update(criterion=words("As the bank says.")),
        ],
        "I retention_changed membership water_rota",
        "I retention_changed membership water_rota",
    ),
    (
        "longer elsewhere",
        at("retention", "season_kept", period={"hours": 73}),
        "I retention_longer sign_in_safety visits",
        "I retention_shorter sign_in_safety visits",
    ),
    (
        "obeyed by the software from now on",
        lambda document: [
            one(document, "retention", "season_kept").pop("starts"),
            one(document, "retention", "season_kept").update(
                {"from": "closed", "period": {"days": 2}}
            ),
        ],
        "I retention_changed sign_in_safety visits; I retention_shorter sign_in_safety visits",
        "I retention_changed sign_in_safety visits; I retention_longer sign_in_safety visits",
    ),
    (
        "another time of a purpose",
        lambda document: one(document, "purposes", "water_rota")["retention"].update(
            text=words("For a summer.")
        ),
        "I purpose_retention_changed water_rota",
        "I purpose_retention_changed water_rota",
    ),
    (
        "a rule of a purpose",
        lambda document: one(document, "purposes", "water_rota")["retention"].update(
            rules=["bill_kept"]
        ),
        "I purpose_retention_changed water_rota",
        "I purpose_retention_changed water_rota",
    ),
    (
        "no time of its own for a purpose",
        lambda document: one(document, "purposes", "water_rota").pop("retention"),
        "I purpose_retention_changed water_rota",
        "I purpose_retention_changed water_rota",
    ),
    (
        "a rule for another category",
        lambda document: one(document, "categories", "device")["retention"]["rules"].append(
            "link_end"
        ),
        "I category_retention_changed sign_in_safety visits",
        "I category_retention_changed sign_in_safety visits",
    ),
    (
        "time in words alone",
        lambda document: one(document, "categories", "plot")["retention"].update(text=words("On.")),
        "I category_retention_reworded membership water_rota",
        "I category_retention_reworded membership water_rota",
    ),
    (
        "words beside a rule",
        lambda document: one(document, "categories", "member")["retention"].update(
            text=words("Long.")
        ),
        f"E words_changed {HELD}",
        f"E words_changed {HELD}",
    ),
    (
        "a survivor",
        more("retention", "standing_end", "survives", {"kind": "request", "why": words("Proof.")}),
        f"I survivor_added {HELD}",
        f"E survivor_removed {HELD}",
    ),
    (
        "a warning",
        more("retention", "standing_end", "warn", {"days": 1}),
        "E warning_added",
        "I warning_removed",
    ),
    (
        "no warning",
        without("retention", "standing_end", "warn"),
        "I warning_removed; I warning_removed",
        "E warning_added; E warning_added",
    ),
    (
        "an account that is stopped",
        at("retention", "standing_end", then="deactivate"),
        "I retention_changed",
        "I retention_changed",
    ),
    (
        "recoverable for longer",
        under("recovery_window", days=14),
        "I recovery_longer",
        "E recovery_shorter",
    ),
    ("no recovery window", gone("recovery_window"), "I recovery_changed", "I recovery_changed"),
]

ANNOUNCEMENTS: list[Row] = [
    (
        "told later",
        under("announcements", lead={"days": 13}),
        "I lead_shorter",
        "E lead_longer",
    ),
    (
        "shown for longer",
        under("announcements", shown={"days": 22}),
        "E shown_longer",
        "E shown_shorter",
    ),
]

RECORDS: list[Row] = [
    (
        "a kind",
        lambda document: [
            document["records"].append(
                {**one(document, "records", "session"), "kind": "visit", "title": words("A visit")}
            ),
            document["retention"].append(
                {**one(document, "retention", "session_end"), "id": "visit_end", "kind": "visit"}
            ),
        ],
        "I record_added sign_in_safety visits; I retention_added sign_in_safety visits",
        "E record_removed sign_in_safety visits; I retention_removed sign_in_safety visits",
    ),
    (
        "another group",
        at("records", "profile", **{"class": "marketing"}),
        f"I record_class_changed {PROFILE}",
        f"I record_class_changed {PROFILE}",
    ),
    (
        "a field for the software",
        lambda document: one(document, "records", "session")["fields"]["technical"].append("seen"),
        "E record_technical_changed sign_in_safety visits",
        "E record_technical_changed sign_in_safety visits",
    ),
    (
        "a field of people",
        lambda document: one(document, "records", "profile")["fields"]["member"].append("details"),
        f"I record_widened {PROFILE}",
        f"E record_narrowed {PROFILE}",
    ),
    (
        "a category",
        lambda document: [
            one(document, "records", "request")["fields"].update(device=["ip_address"]),
            one(document, "records", "request")["categories"].append("device"),
        ],
        f"I record_widened {HELD} visits",
        f"E record_narrowed {HELD} visits",
    ),
]
