"""The table of the effects of changes on people. The first rule that applies decides.

Three principles stand behind the rows.

- *Consent covers what was said when it was asked for* (GDPR art. 4(11), 7). A change that widens a
  purpose that rests on it is MATERIAL for that purpose: more kinds of data, another recipient that
  decides about them, another country outside the European Economic Area, another channel, more
  decided by machines, more or longer cookies. For purposes with another basis the same is
  INFORMATIVE.
- *People are told beforehand of changes that matter to them* (GDPR art. 13(3), 14(4)): of the
  controller, the purposes, the periods, the use of rights (so also WP260, point 29). So are some
  changes that narrow the notice and yet take something away: a purpose that ends, with the
  decisions on it; a record that is erased earlier than promised, since a person who wants a copy
  has to ask in time; a right, or a promise about security, that is removed.
- *All else is EDITORIAL*, and a plain narrowing too: a category, a recipient or a channel less, a
  cookie that ends earlier. Such a change requires and threatens nothing, and messages about it
  would only teach people not to read the next one.

Words are judged by where they stand, not by what they mean. A text that is only the wording of
something with an id is EDITORIAL, since an id is never used for something else; a text that is the
only statement (an interest, a legal act, a time without a rule) is INFORMATIVE. Items of a category
are told and not asked about: people agree to kinds of data, and the decision point asks for those.
"""

from __future__ import annotations

from typing import Final

from chalicelib.notices.changes import conditions as c
from chalicelib.notices.changes.differences import FIRST
from chalicelib.notices.changes.model import Effect
from chalicelib.notices.changes.questions import ASKING
from chalicelib.notices.changes.rule import ADDED, ANY, CHANGED, EITHER, MOVED, REMOVED, Rule

_E, _I, _M = Effect.EDITORIAL, Effect.INFORMATIVE, Effect.MATERIAL

_CATEGORY = ("purposes/{touched}/categories/{category}", "categories/{category}")
_RECIPIENT = (
    "purposes/{touched}/recipients/{recipient}",
    "recipients/{recipient}/purposes/{touched}",
    "recipients/{recipient}",
)
_ITEMS = ("recipients/{recipient}/items/*",)
_CODES = ("recipients/{recipient}/country/codes/*",)
_COUNTRY = ("recipients/{recipient}/country/codes/{country}",)
_ANSWERS = ("recipients/{recipient}/answers", "recipients/{recipient}/answers/rights/{right}")
_GIVEN = tuple(
    "recipients/{recipient}/purposes/{purpose}" + below
    for below in ("", "/items", "/items/:*", "/categories", "/categories/:*")
)
_TRANSFER = tuple(
    "recipients/{recipient}/transfer" + below
    for below in ("", "/:*", "/tool", "/countries", "/countries/:*", "/decision")
)
_BASIS = (
    "purposes/{purpose}/basis",
    "purposes/{purpose}/basis/kind",
    "purposes/{purpose}/basis/{basis}",
    "purposes/{purpose}/basis/{basis}/kind",
)
_OF_BASIS = "purposes/{purpose}/basis/"
_ACT = (_OF_BASIS + "act|law|condition_act", _OF_BASIS + "{basis}/act|law|condition_act")
_CONDITION = (_OF_BASIS + "condition", _OF_BASIS + "{basis}/condition")
_INTEREST = (_OF_BASIS + "interest", _OF_BASIS + "{basis}/interest")
_COVERS = tuple(
    f"{_OF_BASIS}{where}{what}"
    for where in ("", "{basis}/")
    for what in ("categories/{covered}", "items/{covered}", "text")
)
_GROUND = ("purposes/{purpose}/basis_change", "purposes/{purpose}/basis_change/from|ground")
_RESTRICTED = (
    "purposes/{purpose}/when_restricted",
    "purposes/{purpose}/when_restricted/kind|text",
)
_NOT_TOLD = ("sources/{source}/not_told", "sources/{source}/not_told/kind|text")
_TECHNICAL = ("records/{record}/fields/technical/*",)
_REPRESENTATIVE = (
    "controller/representative",
    "controller/representative/name|country|email|exempt",
)
_DECISIONS = ("automated_decisions", "automated_decisions/text")
_RULES = ("categories/{category}/retention/rules/{rule}",)
_KEPT_FOR = (
    "purposes/{purpose}/retention",
    "purposes/{purpose}/retention/text",
    "purposes/{purpose}/retention/rules",
    "purposes/{purpose}/retention/rules/{rule}",
)
_AUDIENCES = (
    "purposes/{purpose}/audiences",
    "purposes/{purpose}/audiences/{audience}",
    "forms/{form}/audiences",
    "forms/{form}/audiences/{audience}",
)
_WARNINGS = ("retention/{rule}/warn/*",)
_OUTCOME = ("categories/{category}/outcomes/{right}",)
_GROUPS = ("records/{record}/fields/*/*", "records/{record}/categories/*")
_DEADLINE = ("requests/deadline/within", "requests/deadline/extension")
_LEAD, _SHOWN = ("announcements/lead",), ("announcements/shown",)

_PURPOSES: Final = (
    Rule(_M, "purpose_added", ("purposes/{purpose}",), ADDED),
    Rule(_I, "purpose_removed", ("purposes/{purpose}",), REMOVED),
    Rule(_M, "condition_changed", _CONDITION, ANY, c.now_explicit),
    Rule(_I, "condition_changed", _CONDITION, ANY),
    Rule(None, "", (*_ACT, *_INTEREST, *_COVERS), ANY, c.other_basis),
    Rule(_I, "act_changed", _ACT, ANY),
    Rule(_I, "interest_changed", _INTEREST, ANY),
    Rule(_M, "basis_covers", _COVERS, ANY, c.asks_consent, gathers=True),
    Rule(_I, "basis_covers", _COVERS, ANY, gathers=True),
    Rule(_M, "basis_now_consent", _BASIS, ANY, c.now_consent, gathers=True),
    Rule(_I, "basis_left_consent", _BASIS, ANY, c.was_consent, gathers=True),
    Rule(_I, "basis_changed", _BASIS, ANY, gathers=True),
    Rule(None, "", ("purposes/{purpose}/basis_change",), EITHER, c.other_basis),
    Rule(_E, "ground_changed", _GROUND, ANY),
    Rule(_E, "restriction_obeyed", _RESTRICTED[:1], REMOVED),
    Rule(_I, "restriction_exempted", _RESTRICTED, ANY),
    Rule(_M, "automation_raised", ("purposes/{purpose}/automated",), CHANGED, c.more_automated),
    Rule(_E, "automation_lowered", ("purposes/{purpose}/automated",), CHANGED),
    Rule(_M, "profiling_began", ("purposes/{purpose}/profiling",), ANY, c.now_true),
    Rule(_I, "profiling_ended", ("purposes/{purpose}/profiling",), ANY),
    Rule(_I, "logic_changed", ("purposes/{purpose}/logic", "purposes/{purpose}/logic/text"), ANY),
    Rule(_M, "marketing_began", ("purposes/{purpose}/marketing",), CHANGED, c.now_true),
    Rule(_I, "marketing_ended", ("purposes/{purpose}/marketing",), CHANGED),
    Rule(_I, "measuring_changed", ("purposes/{purpose}/measures_mail",), ANY),
    Rule(_M, "channel_added", ("purposes/{purpose}/channels/{channel}",), ADDED),
    Rule(_E, "channel_removed", ("purposes/{purpose}/channels/{channel}",), REMOVED),
    Rule(_I, "audience_added", ("audiences/{audience}",), ADDED),
    Rule(_E, "audience_removed", ("audiences/{audience}",), REMOVED),
    Rule(_I, "audience_changed", _AUDIENCES, EITHER, gathers=True),
)

_CATEGORIES: Final = (
    Rule(_M, "category_added", _CATEGORY, ADDED, gathers=True),
    Rule(_E, "category_removed", _CATEGORY, REMOVED, gathers=True),
    Rule(_M, "special_changed", ("categories/{category}/special",), ANY, c.now_special),
    Rule(_I, "special_changed", ("categories/{category}/special",), ANY),
    Rule(
        _I,
        "sale_changed",
        (
            "categories/{category}/sold|shared",
            "categories/{category}/sold_to|shared_to/{party}",
        ),
        ANY,
        gathers=True,
    ),
    Rule(_I, "item_added", ("categories/{category}/items/{item}",), ADDED),
    Rule(_E, "item_removed", ("categories/{category}/items/{item}",), REMOVED),
    Rule(_I, "item_form_changed", ("categories/{category}/items/{item}/type",), CHANGED),
    Rule(_E, "item_length_changed", ("categories/{category}/items/{item}/max",), CHANGED),
    Rule(_I, "category_source_added", ("categories/{category}/source/{source}",), ADDED),
    Rule(_E, "category_source_removed", ("categories/{category}/source/{source}",), REMOVED),
    Rule(_I, "source_added", ("sources/{source}",), ADDED),
    Rule(_E, "source_removed", ("sources/{source}",), REMOVED),
    Rule(_I, "source_changed", ("sources/{source}/party",), CHANGED),
    Rule(_I, "source_named", ("sources/{source}/name",), ANY),
    Rule(_E, "source_told", _NOT_TOLD[:1], REMOVED),
    Rule(_I, "source_untold", _NOT_TOLD, ANY),
    Rule(None, "", _OUTCOME, EITHER, c.right_comes_or_goes),
    Rule(_I, "outcome_changed", (*_OUTCOME, _OUTCOME[0] + "/outcome"), ANY),
)

_RECIPIENTS: Final = (
    Rule(None, "", _RECIPIENT[1:2], EITHER, c.purpose_comes_or_goes),
    Rule(_M, "recipient_added", _RECIPIENT, ADDED, c.reaches_further, gathers=True),
    Rule(_I, "recipient_added", _RECIPIENT, ADDED, gathers=True),
    Rule(_E, "recipient_removed", _RECIPIENT, REMOVED, gathers=True),
    Rule(_M, "role_changed", ("recipients/{recipient}/role",), CHANGED, c.decides_itself),
    Rule(_I, "role_changed", ("recipients/{recipient}/role",), CHANGED),
    Rule(_M, "country_added", _COUNTRY, ADDED, c.outside_the_area),
    Rule(_I, "country_added", _COUNTRY, ADDED),
    Rule(_M, "country_unstated", _CODES, REMOVED, c.no_country, gathers=True),
    Rule(_E, "country_removed", _COUNTRY, REMOVED),
    Rule(_I, "place_reworded", ("recipients/{recipient}/country/text",), ANY, c.no_country),
    Rule(_I, "transfer_changed", _TRANSFER, ANY),
    Rule(_I, "transfer_changed", ("recipients/{recipient}/transfer/text",), ANY, c.no_tool),
    Rule(None, "", _GIVEN, ANY, c.gets_the_same),
    Rule(_E, "items_fewer", _GIVEN, ANY, c.gets_less, gathers=True),
    Rule(_M, "items_more", _GIVEN, ANY, c.decides_itself, gathers=True),
    Rule(_I, "items_more", _GIVEN, ANY, gathers=True),
    Rule(_E, "items_fewer", _ITEMS, EITHER, c.fewer_items, gathers=True),
    Rule(_M, "items_more", _ITEMS, EITHER, c.decides_itself, gathers=True),
    Rule(_I, "items_more", _ITEMS, EITHER, gathers=True),
    Rule(_I, "hosting_added", ("recipients/{recipient}/hosting/{region}",), ADDED),
    Rule(_E, "hosting_removed", ("recipients/{recipient}/hosting/{region}",), REMOVED),
    Rule(_E, "answering_began", _ANSWERS, ADDED, gathers=True),
    Rule(_I, "answering_ended", _ANSWERS, REMOVED, gathers=True),
    Rule(_I, "answering_later", (_ANSWERS[0] + "/within",), CHANGED, c.longer),
    Rule(_E, "answering_sooner", (_ANSWERS[0] + "/within",), CHANGED, c.shorter),
)

_RETENTION: Final = (
    Rule(_I, "retention_added", ("retention/{rule}",), ADDED),
    Rule(_I, "retention_removed", ("retention/{rule}",), REMOVED),
    Rule(_I, "retention_longer", ("retention/{rule}/period",), CHANGED, c.longer),
    Rule(_I, "retention_shorter", ("retention/{rule}/period",), CHANGED, c.shorter),
    Rule(_I, "retention_changed", ("retention/{rule}/kind|from|then",), CHANGED),
    Rule(_I, "retention_changed", ("retention/{rule}/period",), EITHER),
    Rule(_I, "retention_changed", ("retention/{rule}/starts|criterion|ended_by",), ANY),
    Rule(None, "", ("retention/{rule}/by", "records/{record}/by"), ANY),
    Rule(_I, "purpose_retention_changed", _KEPT_FOR, ANY, gathers=True),
    Rule(_E, "warning_added", _WARNINGS, ADDED),
    Rule(_I, "warning_removed", _WARNINGS, REMOVED),
    Rule(_I, "survivor_added", ("retention/{rule}/survives/{record}",), ADDED),
    Rule(_E, "survivor_removed", ("retention/{rule}/survives/{record}",), REMOVED),
    Rule(None, "", _RULES, EITHER, c.rule_comes_or_goes),
    Rule(_I, "category_retention_changed", _RULES, EITHER),
    Rule(
        _I,
        "category_retention_reworded",
        ("categories/{category}/retention/text",),
        ANY,
        c.no_retention_rule,
    ),
    Rule(_I, "recovery_longer", ("recovery_window/days",), CHANGED, c.greater),
    Rule(_E, "recovery_shorter", ("recovery_window/days",), CHANGED),
    Rule(_I, "recovery_changed", ("recovery_window",), EITHER),
)

_RECORDS: Final = (
    Rule(_I, "record_added", ("records/{record}",), ADDED),
    Rule(_E, "record_removed", ("records/{record}",), REMOVED),
    Rule(_I, "record_class_changed", ("records/{record}/class",), CHANGED),
    Rule(_E, "record_technical_changed", _TECHNICAL, EITHER, gathers=True),
    Rule(_I, "record_widened", _GROUPS, ADDED, gathers=True),
    Rule(_E, "record_narrowed", _GROUPS, REMOVED, gathers=True),
)

_RIGHTS: Final = (
    Rule(_I, "right_added", ("rights/{right}",), ADDED),
    Rule(_I, "right_removed", ("rights/{right}",), REMOVED),
    Rule(
        _I,
        "right_terms_changed",
        (
            "rights/{right}/law|email|deadline",
            "rights/{right}/deadline/within|extension",
        ),
        ANY,
    ),
    Rule(
        _I,
        "identification_changed",
        ("requests/cannot_identify", "requests/cannot_identify/text"),
        ANY,
    ),
    Rule(_I, "right_limit_added", ("rights/{right}/limits/{statement}",), ADDED),
    Rule(_E, "right_limit_removed", ("rights/{right}/limits/{statement}",), REMOVED),
    Rule(_I, "limit_added", ("requests/limits/{statement}",), ADDED),
    Rule(_E, "limit_removed", ("requests/limits/{statement}",), REMOVED),
    Rule(_I, "deadline_longer", _DEADLINE, CHANGED, c.longer),
    Rule(_E, "deadline_shorter", _DEADLINE, CHANGED, c.shorter),
    Rule(
        _I,
        "authority_changed",
        ("complaint/authority", "complaint/authority/:*", "complaint/authority/name|country"),
        ANY,
    ),
)

_CONTROLLER: Final = (
    Rule(_I, "controller_changed", ("controller/name|country",), CHANGED),
    Rule(
        _I,
        "rights_address_changed",
        ("controller/email|form|pec", "controller/email|pec/:*"),
        ANY,
    ),
    Rule(
        _I,
        "controllers_changed",
        (
            "other_controllers/:*",
            "other_controllers/:*/name|country|email|form|pec|hosts|people",
            "controller/hosts|people",
            "controller/hosts/:*",
        ),
        ANY,
    ),
    Rule(
        _I,
        "arrangement_changed",
        (
            "arrangement",
            "arrangement/text|people|hosts",
            "arrangement/hosts/:*",
            "arrangement/:*",
            "arrangement/:*/text|people|hosts",
            "arrangement/:*/hosts/:*",
        ),
        ANY,
    ),
    Rule(
        _E,
        "contact_changed",
        (
            "controller/address|registration|legal_representative|phone|website|contact|id",
            "controller/address|phone/:*",
            "controller/representative|dpo/address|phone|form|pec|website",
            "controller/representative|dpo/address|phone|email|pec/:*",
            "other_controllers/:*/*",
            "other_controllers/:*/*/*",
            "other_controllers/:*/*/*/*",
            "arrangement/id",
            "complaint/url",
            "complaint/authority/address|email|form|pec|phone|url",
            "complaint/authority/address|email|pec|phone/:*",
            "complaint/authority/:*/*",
            "complaint/authority/:*/*/:*",
            "recipients/{recipient}/contact",
            "recipients/{recipient}/contact/*",
            "recipients/{recipient}/contact/*/:*",
            "requests/email",
        ),
        ANY,
    ),
    Rule(_I, "representative_changed", _REPRESENTATIVE, ANY),
    Rule(
        _I,
        "representative_changed",
        ("controller/representative/text",),
        CHANGED,
        c.no_representative,
    ),
    Rule(_I, "officer_changed", ("controller/dpo", "controller/dpo/name|country|email"), ANY),
    Rule(_I, "officer_changed", ("controller/dpo/text",), CHANGED, c.no_officer),
    Rule(_I, "location_added", ("processing_location/countries/{country}",), ADDED),
    Rule(_E, "location_removed", ("processing_location/countries/{country}",), REMOVED),
    Rule(_I, "location_changed", ("processing_location",), EITHER),
    Rule(_I, "location_changed", ("processing_location/text",), CHANGED, c.no_place),
    Rule(_I, "host_added", ("site/hosts/{host}",), ADDED),
    Rule(_I, "host_removed", ("site/hosts/{host}",), REMOVED),
    Rule(_I, "site_renamed", ("site/name",), CHANGED),
)

_STATEMENTS: Final = (
    Rule(_I, "automated_decisions_changed", _DECISIONS, ANY),
    Rule(_I, "minors_changed", ("minors", "minors/text|age|birth_date"), ANY),
    Rule(_I, "marketing_rules_changed", ("marketing/{statement}",), EITHER),
    Rule(_I, "third_parties_changed", ("cookies/third_parties/{statement}",), EITHER),
    Rule(_I, "note_changed", ("**/notes/{statement}",), EITHER),
    Rule(
        _I,
        "promise_removed",
        ("security/{statement}", "changes/{statement}", "announcements"),
        REMOVED,
    ),
    Rule(_I, "lead_shorter", _LEAD, CHANGED, c.shorter),
    Rule(_E, "lead_longer", _LEAD, CHANGED, c.longer),
    Rule(_E, "shown_longer", _SHOWN, CHANGED, c.longer),
    Rule(_E, "shown_shorter", _SHOWN, CHANGED, c.shorter),
    Rule(
        _E,
        "statement_changed",
        (
            "introduction",
            "announcements",
            "site/scope|linked_sites",
            "account_page|security|changes/{statement}",
            "cookies/types|uses|refusing|more/{statement}",
        ),
        EITHER,
    ),
    Rule(_I, "notification_added", ("notifications/{notification}",), ADDED),
    Rule(_I, "notification_removed", ("notifications/{notification}",), REMOVED),
    Rule(
        _E, "notification_optional", ("notifications/{notification}/optional",), CHANGED, c.now_true
    ),
    Rule(_I, "notification_forced", ("notifications/{notification}/optional",), CHANGED),
    Rule(_E, "notification_purpose_changed", ("notifications/{notification}/purpose",), ANY),
)

_FORMS: Final = (
    Rule(_I, "form_added", ("forms/{form}",), ADDED),
    Rule(_E, "form_removed", ("forms/{form}",), REMOVED),
    Rule(_I, "field_required", ("forms/{form}/required/{field}",), ADDED),
    Rule(None, "", ("forms/{form}/optional/{field}",), REMOVED, c.asked_elsewhere),
    Rule(_E, "field_optional", ("forms/{form}/optional/{field}",), ADDED, c.asked_elsewhere),
    Rule(None, "", ("forms/{form}/required/{field}",), REMOVED, c.asked_elsewhere),
    Rule(_I, "field_asked", ("forms/{form}/optional/{field}",), ADDED),
    Rule(_E, "field_dropped", ("forms/{form}/required|optional/{field}",), REMOVED),
    Rule(_I, "form_purpose_changed", ("forms/{form}/purpose",), CHANGED),
    Rule(_I, "form_address_changed", ("forms/{form}/address",), ANY),
)

_REST: Final = (
    Rule(_E, "language_added", ("locales/{locale}",), ADDED),
    Rule(_I, "language_removed", ("locales/{locale}",), REMOVED),
    Rule(_I, "language_first", (f"locales/{FIRST}",), CHANGED),
    Rule(_E, "date_changed", ("text_date",), CHANGED),
    Rule(_E, "look_changed", ("site/accent|accent_dark|logo",), ANY, gathers=True),
    Rule(
        _E,
        "notation_changed",
        ("requests/calendar", "requests/calendar/zone|country", "fallback"),
        ANY,
    ),
    Rule(_E, "order_changed", ("**",), MOVED),
    Rule(
        _E,
        "notation_changed",
        ("**/period|lifetime|lasts|consent_lasts|ask_again|within|extension|lead|shown",),
        CHANGED,
    ),
    Rule(_E, "notation_changed", ("$schema",), ANY),
    Rule(_E, "notation_changed", ("**",), EITHER, c.empty),
    Rule(_E, "words_changed", ("**/url", "labels"), ANY),
    Rule(_E, "words_changed", ("**",), ANY, c.only_words),
)

UNFORESEEN: Final = Rule(Effect.INFORMATIVE, "other_changed", ("**",), ANY)
"""Applies to a difference that no other rule covers, so that it is told and not passed over."""

RULES: Final = (
    Rule(
        _E,
        "mark_changed",
        ("**/origin|role_origin|categories_origin|outcomes_origin", "**/to_confirm"),
        ANY,
    ),
    *_PURPOSES,
    *_CATEGORIES,
    *_RECIPIENTS,
    *_RETENTION,
    *_RECORDS,
    *_RIGHTS,
    *_CONTROLLER,
    *_STATEMENTS,
    *ASKING,
    *_FORMS,
    *_REST,
    UNFORESEEN,
)
