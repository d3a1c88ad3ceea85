"""The words of every template, and a mail as who receives it reads it."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from chalicelib.mail.model import Message
from chalicelib.mail.rendering import render
from chalicelib.pages.languages import languages
from tests.unit.core.samples import NOW

TOKEN = "a2" * 13 + "." + "Zz9_-" * 8 + "abc"
LATER = NOW + timedelta(hours=72)


def link(path: str) -> str:
    return f"https://privacy.example/{path}?token={TOKEN}"


LINK = link("verification")
RESET = "https://privacy.example/password"
NOTICE = "https://privacy.example/notice"
VERSION = "https://privacy.example/notice/2027-03-01"
UNSUBSCRIBE = "https://privacy.example/unsubscribe/" + "a" * 26 + ".n-x.1800000000." + "B" * 32
DIFFERENCE = "https://privacy.example/notice/2027-03-01/changes?since=2026-11-22&lang=it"

DUE = (NOW + timedelta(days=30)).date()
REQUEST: dict[str, Any] = {"request": "r" * 26, "right": "Port", "received_on": NOW.date()}
COMPLAINT = {"complaint": "Complaint."}

WORDS: dict[str, dict[str, Any]] = {
    "verify_address": {
        "opened_at": NOW,
        "link": LINK,
        "ends_at": LATER,
        "code": "493027",
        "code_ends_at": NOW,
        "disavow": link("disavowal"),
        "granted": ["Newsletter"],
        "denied": ["Partners"],
        "others": 1,
    },
    "choose_password": {"link": link("password/new"), "ends_at": LATER},
    "account_exists": {"reset": RESET},
    "reset_password": {"link": link("password/new"), "ends_at": LATER},
    "password_changed": {"reset": RESET},
    "confirm_address": {"link": link("email/confirm"), "ends_at": LATER},
    "address_in_use": {"reset": RESET},
    "address_changed": {
        "undo": link("email/undo"),
        "ends_at": LATER,
        "hint": "g***@example.org",
    },
    "address_restored": {"link": link("password/new"), "ends_at": LATER},
    "move_undone": {},
    "second_factor_lifted": {"reset": RESET},
    "second_factor_on": {"reset": RESET},
    "second_factor_off": {"reset": RESET},
    "recovery_codes_renewed": {"reset": RESET},
    "codes_guessed": {"reset": RESET},
    "recovery_code_used": {"left": 7, "reset": RESET},
    "new_sign_in": {"at": LATER, "country": "NZ", "reset": RESET, "unsubscribe": UNSUBSCRIBE},
    "account_deactivated": {"reset": "https://privacy.example/password"},
    "account_reactivated": {"reset": RESET},
    "account_unused": {
        "since": NOW.date(),
        "ends_on": DUE,
        "stops": False,
        "stopped": False,
        "address": "https://www.kaveripoint.example",
        "link": link("account/keep"),
    },
    "account_stopped": {
        "since": NOW.date(),
        "ends_on": DUE,
        "address": "https://www.kaveripoint.example",
    },
    "data_from_elsewhere": {
        "origin": "Partner Srl",
        "public": True,
        "source": "Fairs in Milan.",
        "categories": ["Leads"],
        "purposes": ["Offers: consent"],
        "recipients": ["Host: Italy"],
        "kept": ["A year."],
        "rights": ["Copy", "Objection"],
        "how": "Write to us.",
        "complaint": ["Garante"],
        "automated": ["Nothing is decided by machines."],
        "controller": ["Name: Kaveripoint Ltd"],
        "notice": NOTICE,
    },
    "decision_recorded": {"at": NOW, "ended": ["Newsletter"], "objected": ["Hosting"]},
    "notice_changed": {
        "version": "2027-03-01",
        "effective_at": LATER,
        "changes": ("Newsletter: SMS.", "Hosting: CH."),
        "more": 3,
        "ask": ["Newsletter"],
        "difference": DIFFERENCE,
    },
    "notice_withdrawn": {"version": "2027-03-01", "effective_at": LATER, "notice": NOTICE},
    "desk_published": {"version": "2027-03-01", "effective_at": LATER, "link": VERSION},
    "desk_asked": {"version": "2027-03-01", "digest": "0a" * 32},
    "desk_withdrawn": {"version": "2027-03-01", "effective_at": LATER, "link": VERSION},
    "copy_ready": {
        "request": "r" * 26,
        "ends_at": LATER,
        "portable": False,
        "silent": "Helpdesk, Mailer",
        "link": link("requests/" + "r" * 26 + "/download"),
    },
    "request_receipt": {
        **REQUEST,
        "due_on": DUE,
        "account": True,
        "link": link("requests/" + "r" * 26 + "/confirm"),
        "ends_at": LATER,
    },
    "request_proof": {
        **REQUEST,
        "ends_on": DUE,
        "link": link("requests/" + "r" * 26 + "/confirm"),
        "code": "58203341",
    },
    "message_proof": {
        "written_at": LATER,
        "link": link("messages"),
        "ends_at": LATER,
    },
    "request_reminder": {**REQUEST, "ends_on": DUE},
    "request_question": {**REQUEST, "answer_by": DUE, "identity": True},
    "request_extension": {**REQUEST, "due_on": DUE, "many": False},
    "request_delay": {**REQUEST, **COMPLAINT, "due_on": DUE},
    "request_outcome": {**REQUEST, "answered_on": DUE, "silent": "Helpdesk"},
    "request_begins": {**REQUEST, "begins_on": LATER, "erased": ""},
    "request_erasure": {
        **REQUEST,
        "answered_on": DUE,
        "readable_until": DUE,
        "receipt": "eyJ0eXAiOiJj.eyJpc3MiOiJo.c2lnbmF0dXJl",
        "verify": "https://privacy.example/receipts/verify",
    },
    "request_refusal": {
        **REQUEST,
        **COMPLAINT,
        "answered_on": DUE,
        "ends_on": DUE,
        "ground": "Ground.",
        "article": "17(3)(e)",
    },
    "request_lifting": {**REQUEST, "ends_on": DUE},
    "desk_due": {"request": "r" * 26, "due_on": DUE, "left": 7, "overdue": False},
}
LOCALES = ("it", *(one for one in languages() if one != "it"))
"""All languages, as of a notice whose first one is Italian."""
CASES = [(template, locale) for template in WORDS for locale in LOCALES]


def message(template: str, locale: str, address: str = "ada@example.com") -> Message:
    return Message(template, address, locale, WORDS[template])


def sent(
    mail: Message,
    site: str = "Kaveripoint",
    contact: str = "privacy@example.com",
    locales: tuple[str, ...] = LOCALES,
) -> EmailMessage:
    """A mail as who receives it reads it: from the bytes that were handed over."""
    made = render(
        mail,
        site=site,
        sender="noreply@kaveripoint.example",
        contact=contact,
        now=NOW,
        locales=locales,
    )
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def text_of(mail: EmailMessage) -> str:
    text = mail.get_content()
    assert isinstance(text, str)
    return text
