"""No fact gets lost: who, marketing, rights, cookies, security, changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.notices.compiler import choice_storage
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering.data import software_statements
from chalicelib.notices.rendering.words import Wording

PUBLISHED, LAW, CHOICE = "published", "law", "controller_choice"
SOFTWARE = "software"

STATEMENTS = [
    ("site/scope", PUBLISHED, "solo per questo sito", "this site only"),
    ("site/linked_sites", PUBLISHED, "propria informativa", "notice of their own"),
    ("controller/contact", PUBLISHED, "keeprobust@126.com", "every right and to unsubscribe"),
    ("processing_location", CHOICE, "Amazon Web Services", "Amazon Web Services"),
    ("marketing/only_if_chosen", PUBLISHED, "aziende partner", "only to those who chose it"),
    ("marketing/how_long", PUBLISHED, "ultima e-mail aperta", "account no longer used"),
    ("marketing/how_long_proposed", CHOICE, "24 mesi", "24 months"),
    ("marketing/leave_link", PUBLISHED, "in ogni e-mail", "unsubscribe link in every e-mail"),
    ("marketing/leave_settings", PUBLISHED, "impostazioni dell’account", "account settings"),
    ("marketing/leave_contact", PUBLISHED, "banca dati", "list and the registration database"),
    ("marketing/leave_contact", PUBLISHED, "keeprobust@126.com", "keeprobust@126.com"),
    ("marketing/transactional_go_on", PUBLISHED, "continuano", "transactional messages go on"),
    ("cookies/refusing/choose_here", CHOICE, "prima della Sua scelta", "before you choose"),
    ("cookies/refusing/silence_refuses", CHOICE, "vale come un rifiuto", "counts as a refusal"),
    ("cookies/refusing/silence_refuses", CHOICE, "sei mesi", "within six months"),
    ("cookies/refusing/silence_refuses", CHOICE, "anche a chi rifiuta", "to those who refuse"),
    ("marketing/some_notifications_off", PUBLISHED, "notifiche", "notifications can be turned off"),
    ("rights/erase/limits/what_stays", PUBLISHED, "obblighi di legge", "pending transactions"),
    (
        "rights/restrict/notes/account_without_permission",
        PUBLISHED,
        "senza permesso",
        "no longer active",
    ),
    ("rights/restrict/notes/while_disputed", PUBLISHED, "contestata", "delayed or disputed"),
    ("rights/withdraw/limits/done_before", PUBLISHED, "resta lecito", "stays lawful"),
    ("rights/deactivate/limits/data_stays", PUBLISHED, "altri utenti", "past participation"),
    ("rights/deactivate/limits/not_deletion", PUBLISHED, "a parte", "separate right"),
    ("requests/how", PUBLISHED, "keeprobust@126.com", "keeprobust@126.com"),
    ("requests/limits/other_accounts", PUBLISHED, "altro account", "another account’s data"),
    ("requests/limits/law_keeps", PUBLISHED, "la legge consente", "law lets the data be kept"),
    ("requests/limits/compelling_interests", PUBLISHED, "prevalgono", "compelling legitimate"),
    ("requests/deadline", LAW, "un mese", "one month"),
    ("complaint", PUBLISHED, "vive o lavora", "live or work, or where the breach happened"),
    ("cookies/types/parties", PUBLISHED, "prima parte", "third-party"),
    ("cookies/types/functionality", PUBLISHED, "la lingua e il luogo", "language and place"),
    ("cookies/types/advertising", PUBLISHED, "i collegamenti seguiti", "content seen"),
    ("cookies/types/advertising", PUBLISHED, "altrove", "shared with third parties"),
    ("cookies/uses/staying_signed_in", PUBLISHED, "restare collegati", "stay signed in"),
    ("cookies/uses/learning_use", PUBLISHED, "come è usato", "how the site is used"),
    ("cookies/third_parties/measuring", PUBLISHED, "anonimi", "ad clicks and other activities"),
    ("cookies/third_parties/newsletter_beacons", PUBLISHED, "beacon", "articles and links"),
    ("cookies/refusing/in_browser", PUBLISHED, "browser", "browser too"),
    ("cookies/refusing/site_keeps_working", PUBLISHED, "maggior parte", "Most of the site"),
    ("cookies/refusing/some_tasks_need_them", PUBLISHED, "operazioni", "Some tasks need cookies"),
    ("cookies/more/all_about_cookies", PUBLISHED, "www.allaboutcookies.org", "in general"),
    ("security/measures", PUBLISHED, "procedure", "technology, procedures and organisation"),
    ("security/encrypted_transit", PUBLISHED, "carte di pagamento", "encrypted in transit"),
    ("security/not_wholly_safe", PUBLISHED, "non può essere garantita", "cannot be guaranteed"),
    ("security/not_wholly_safe", PUBLISHED, "nessun metodo", "no method is wholly safe"),
    ("security/your_part", PUBLISHED, "la segretezza della password", "keep your password secret"),
    ("security/your_part", PUBLISHED, "dispositivi", "access to your devices and to sign out"),
    ("security/password_habits", PUBLISHED, "Cambi spesso", "Change the password often"),
    ("security/password_habits", PUBLISHED, "lettere e numeri", "letters and numbers"),
    ("security/password_habits", PUBLISHED, "usa altrove", "use elsewhere"),
    ("security/password_habits", PUBLISHED, "browser sicuro", "safe browser"),
    ("security/measures", PUBLISHED, "non autorizzati", "access, use and disclosure without"),
    ("security/industry_tools", PUBLISHED, "standard del settore", "what flows in and out"),
    ("security/questions", PUBLISHED, "pagine di assistenza", "questions on security"),
    ("controller/notes/questions", PUBLISHED, "su questa informativa", "the data we hold on you"),
    ("controller/notes/by_post", PUBLISHED, "indirizzo del titolare", "controller’s address"),
    ("requests/limits/takes_time", PUBLISHED, "richiedere tempo", "take time to look into"),
    ("cookies/types/what_they_are", PUBLISHED, "file di testo", "A cookie is a text file"),
    ("cookies/types/what_they_are", PUBLISHED, "mezzi simili", "or similar means"),
    ("cookies/more/all_about_cookies", PUBLISHED, "come eliminarli", "how to remove them"),
    ("recipients/processing_providers/notes/by_way_of_example", PUBLISHED, "esempio", "example"),
    ("recipients/processing_providers/notes/by_way_of_example", PUBLISHED, "altri", "is open and"),
    ("purposes/promotion/notes/on_the_site", CHOICE, "non indica un mezzo", "names no channel"),
    ("changes/read_it", PUBLISHED, "ogni volta che usa", "each time you use the services"),
    ("security/long_unique", CHOICE, "lunga e unica", "long and unique"),
    ("recovery_window", CHOICE, "35", "35"),
    ("changes/reviewed", PUBLISHED, "regolarità", "reviewed regularly"),
    ("changes/published_here", PUBLISHED, "nuova versione", "published on this page"),
    ("changes/told", PUBLISHED, "schermata di accesso", "home page, on the sign-in screen or by"),
    ("changes/dated", PUBLISHED, "data", "shows its date"),
    ("announcements", CHOICE, "resta leggibile", "when a change concerns them"),
]

DESCRIPTIONS = [
    ("sources/account", "direttamente da Lei", "directly from you"),
    ("sources/interactive", "sempre facoltativo", "always voluntary"),
    ("sources/services_use", "dal modo in cui li usa", "the preferences you told us"),
    ("sources/devices", "dalle sue impostazioni", "on the device and its settings"),
    ("purposes/offers_email", "delle nostre aziende partner", "those of our partner companies"),
    ("purposes/products_post", "delle nostre aziende partner", "those of our partner companies"),
    ("purposes/products_email", "delle nostre aziende partner", "those of our partner companies"),
    ("purposes/products_phone", "delle nostre aziende partner", "those of our partner companies"),
    ("purposes/products_fax", "delle nostre aziende partner", "those of our partner companies"),
    ("purposes/service_messages", "all’interno dei servizi", "within the services"),
    ("purposes/research", "nuovi e migliori", "new and better"),
    ("purposes/site_measurement", "altre attività", "other activities"),
    ("recipients/measurement_providers", "altre attività", "other activities"),
]

NOTIFICATIONS = [
    ("account_security", SOFTWARE, False, "secondo fattore", "second factor changes"),
    ("requests", SOFTWARE, False, "richiesta sui diritti", "there is an answer"),
    ("new_sign_in", SOFTWARE, True, "da un Paese diverso", "from a country other than"),
    ("notice_changes", SOFTWARE, False, "che La riguarda", "that concerns you"),
]

RIGHTS = [
    ("copy", PUBLISHED, "personal and business data"),
    ("rectify", PUBLISHED, "inexact"),
    ("object", PUBLISHED, "marketing included"),
    ("erase", PUBLISHED, "erased"),
    ("restrict", PUBLISHED, "access, storage, use or processing when the rights"),
    ("withdraw", PUBLISHED, "limited purpose"),
    ("deactivate", PUBLISHED, "Stop the account"),
    ("opt_out", PUBLISHED, "marketing messages"),
    ("port", LAW, "machine-readable"),
    ("review", LAW, "automated means"),
]


@pytest.mark.parametrize(("path", "origin", "italian", "english"), STATEMENTS)
def test_statement(
    at: Callable[[str], Any], path: str, origin: str, italian: str, english: str
) -> None:
    found = at(path)
    assert found["origin"] == origin
    assert italian in found["text"]["it"]
    assert english in found["text"]["en"]


@pytest.mark.parametrize(("path", "italian", "english"), DESCRIPTIONS)
def test_description(at: Callable[[str], Any], path: str, italian: str, english: str) -> None:
    found = at(path)
    assert found["origin"] == PUBLISHED
    assert italian in found["description"]["it"]
    assert english in found["description"]["en"]


def test_help_to_deactivate(at: Callable[[str], Any]) -> None:
    how = at("rights/deactivate")["how"]
    assert "scriva all’assistenza" in how["it"]
    assert "write to support" in how["en"]


def test_messages_within_the_services_have_their_channel(at: Callable[[str], Any]) -> None:
    assert at("purposes/service_messages")["channels"] == ["email", "web"]


def test_controller(at: Callable[[str], Any]) -> None:
    controller = at("controller")
    assert controller["name"] == "KeepRobust"
    assert controller["country"] == "CN"
    assert controller["email"] == "keeprobust@126.com"
    assert controller["address"] == (
        "Digital Economy Development Exhibition Centre A19-06-0089, No. 1 Middle Section of "
        "Huangshan Avenue, Liangjiang New Area, Chongqing Municipality, PRC"
    )


@pytest.mark.parametrize(
    "path", ["controller/representative", "controller/dpo", "automated_decisions", "minors"]
)
def test_not_stated(at: Callable[[str], Any], path: str) -> None:
    found = at(path)
    assert found["to_confirm"] is True
    assert found.keys() <= {"origin", "to_confirm", "text"}
    assert found["text"] == {
        "it": "Non indicato dal titolare.",
        "en": "Not stated by the controller.",
    }


@pytest.mark.parametrize(("name", "origin", "optional", "italian", "english"), NOTIFICATIONS)
def test_notification(
    at: Callable[[str], Any], name: str, origin: str, optional: bool, italian: str, english: str
) -> None:
    found = at(f"notifications/{name}")
    assert (found["origin"], found["optional"]) == (origin, optional)
    assert italian in found["description"]["it"]
    assert english in found["description"]["en"]


def test_some_notifications_can_be_turned_off_and_the_rest_cannot(
    document: dict[str, Any], notice: Notice
) -> None:
    assert [one["id"] for one in document["notifications"]] == [row[0] for row in NOTIFICATIONS]
    assert {one.optional for one in notice.notifications.values()} == {True, False}


@pytest.mark.parametrize(("right", "origin", "words"), RIGHTS)
def test_right(at: Callable[[str], Any], right: str, origin: str, words: str) -> None:
    found = at(f"rights/{right}")
    assert found["origin"] == origin
    assert words in found["description"]["en"]


def test_rights_are_these(document: dict[str, Any]) -> None:
    assert [right["id"] for right in document["rights"]] == [row[0] for row in RIGHTS]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("rights/rectify/how", "profile page"),
        ("rights/erase/how", "account tools"),
        ("rights/opt_out/how", "Marketing"),
    ],
)
def test_how_a_right_is_used(at: Callable[[str], Any], path: str, words: str) -> None:
    assert words in at(path)["en"]


def test_cookie_information_is_linked(at: Callable[[str], Any]) -> None:
    assert at("cookies/more/all_about_cookies")["url"] == "https://www.allaboutcookies.org"


@pytest.mark.parametrize(
    ("cookie_class", "exempt", "purpose"),
    [
        ("technical", True, "run_account"),
        ("functionality", False, "functionality_cookies"),
        ("measurement", False, "site_measurement"),
        ("advertising", False, "advertising_cookies"),
    ],
)
def test_cookie_class(
    at: Callable[[str], Any], cookie_class: str, exempt: bool, purpose: str
) -> None:
    found = at(f"cookies/classes/{cookie_class}")
    assert (found["exempt"], found["purpose"]) == (exempt, purpose)


@pytest.mark.parametrize(
    ("cookie_class", "types"),
    [
        ("technical", ["security_storage"]),
        ("functionality", ["functionality_storage", "personalization_storage"]),
        ("measurement", ["analytics_storage"]),
        ("advertising", ["ad_storage", "ad_user_data", "ad_personalization"]),
    ],
)
def test_what_a_class_grants_google(
    at: Callable[[str], Any], cookie_class: str, types: list[str]
) -> None:
    assert at(f"cookies/classes/{cookie_class}")["consent_mode"] == types


def test_consent_to_cookies_lasts_no_longer_than_the_choice_is_remembered(
    document: dict[str, Any], at: Callable[[str], Any]
) -> None:
    ending = {
        purpose["id"]: purpose["lasts"]
        for purpose in document["purposes"]
        if "lasts" in purpose and "from" not in purpose["lasts"]
    }
    asked = {c["purpose"] for c in document["cookies"]["classes"] if not c["exempt"]}
    assert ending.keys() == asked
    assert list(ending.values()) == [{"months": 6}] * 3
    assert at("cookies/banner")["ask_again"] == {"months": 6}
    remembered = at(f"cookies/cookies/{choice_storage.NAME}")
    assert (remembered["means"], remembered["class"]) == ("local_storage", "technical")
    assert remembered["lifetime"] == {"until_deleted": True}


def test_a_marketing_preference_ends_some_time_after_the_last_sign_of_interest(
    document: dict[str, Any],
) -> None:
    """The published text keeps it for a reasonable time after the last e-mail or use."""
    chosen = {
        purpose["id"]: purpose["lasts"]
        for purpose in document["purposes"]
        if purpose["marketing"] and purpose["id"] != "advertising_cookies"
    }
    assert len(chosen) == 6
    assert all(one == {"from": "last_interest", "months": 24} for one in chosen.values())


def test_the_signal_denies_advertising_and_whatever_leaves_for_others(
    document: dict[str, Any],
) -> None:
    """Those who decide for themselves what becomes of the data are third parties (GDPR art. 4)."""
    others = {r["id"] for r in document["recipients"] if r["role"] in ("controller", "other_users")}
    passing = {
        p["id"]
        for p in document["purposes"]
        if p["basis"]["kind"] == "consent" and others.intersection(p["recipients"])
    }
    denied = {p["id"] for p in document["purposes"] if p.get("signals") == ["gpc"]}
    assert denied == passing == {"advertising_cookies", "partner_lists", "supplier_listing"}


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("account_security", "run_account"),
        ("new_sign_in", "run_account"),
        ("requests", "rights_and_proof"),
        ("notice_changes", "rights_and_proof"),
    ],
)
def test_what_a_notification_is_sent_for(at: Callable[[str], Any], name: str, purpose: str) -> None:
    assert at(f"notifications/{name}")["purpose"] == purpose
    assert at(f"purposes/{purpose}/basis/kind") != "consent"


def test_cookies_of_the_software_are_technical(document: dict[str, Any]) -> None:
    own = {
        cookie["name"]: cookie["class"]
        for cookie in document["cookies"]["cookies"]
        if "riserbo" in cookie["name"]
    }
    assert own == {"__Host-riserbo-session": "technical", "riserbo": "technical"}


def test_each_class_lists_cookies_and_those_that_ask_are_proposed(document: dict[str, Any]) -> None:
    """The published text names none: what stands here is for the controller to confirm."""
    cookies = document["cookies"]["cookies"]
    assert {one["class"] for one in cookies} == {
        one["id"] for one in document["cookies"]["classes"]
    }
    assert {one["origin"] for one in cookies if one["class"] != "technical"} == {CHOICE}
    assert all("provider" in one for one in cookies if one["party"] == "third")
    asking = [one for one in cookies if one["class"] != "technical"]
    assert {next(iter(one["lifetime"])) for one in asking} == {"months", "days", "until_deleted"}
    assert max(one["lifetime"].get("months", 0) for one in asking) == 6
    assert max(one["lifetime"].get("days", 0) for one in asking) <= 180


def test_sign_in_cookie_lives_as_long_as_the_session(at: Callable[[str], Any]) -> None:
    cookie, rule = at("cookies/cookies/__Host-riserbo-session"), at("retention/sign_in_session")
    assert cookie["lifetime"] == rule["period"]


def test_deadline_is_that_of_the_law(at: Callable[[str], Any]) -> None:
    deadline = at("requests/deadline")
    assert (deadline["within"], deadline["extension"]) == ({"months": 1}, {"months": 2})


def test_recovery_window(at: Callable[[str], Any]) -> None:
    window = at("recovery_window")
    assert window["days"] == 7
    assert at("retention/data_key_ended")["period"] == {"days": window["days"]}


@pytest.mark.parametrize(
    ("italian", "english"),
    [
        ("torna indietro", "comes back or is reported"),
        ("vale il rifiuto", "the refusal counts"),
        ("chiavi diverse per persona", "different keys for each person"),
        ("distruggendo le loro chiavi", "destroying its encryption keys"),
        ("comanda anche il sistema", "rules the system that handles the data"),
    ],
)
def test_what_the_software_does_is_told_and_not_to_be_confirmed(
    notice: Notice, italian: str, english: str
) -> None:
    for locale, said in (("it", italian), ("en", english)):
        assert any(said in text for text in software_statements(notice, Wording(notice, locale)))
