"""The information of GDPR art. 15(1) and 15(2) in a copy, and what the copy leaves out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from chalicelib.catalogue import Catalogue, Kind, Untold
from chalicelib.copies import port
from chalicelib.copies.model import Order, Scope
from chalicelib.copies.recipients import Received
from chalicelib.notices import access, parties
from chalicelib.notices.model import Category, Notice
from chalicelib.pages.words import words

WORDS: Final = "copies"
"""The file of words of a copy."""


def information(order: Order, categories: Collection[str], received: Received) -> dict[str, Any]:
    """Returns what the law wants said about the data of a copy.

    `categories` are those of which something is held, by the notice's ids. A category of which
    somebody received something is told too, also where nothing of it is held any more.
    """
    notice, locale = order.notice, order.locale
    complaint = notice.completed["complaint"]
    concerned = {*categories, *received.categories}
    known = [one for one in notice.categories if one in concerned]
    unknown = sorted(concerned - notice.categories.keys())
    return {
        "controller": {"name": notice.controller_name, "contact": notice.contact},
        "controllers": [
            {"name": one["name"], "contact": parties.contact(one)}
            for one in parties.controllers(notice.completed)
        ],
        "categories": [
            *(_category(notice.categories[one], notice, locale, received) for one in known),
            *(_unknown(one, notice, locale, received) for one in unknown),
        ],
        "rights": [
            {
                "right": right.id,
                "title": notice.text(right.title, locale),
                "description": notice.text(right.description, locale),
            }
            for right in notice.rights.values()
        ],
        "complaint": notice.text(complaint["text"], locale),
        "automated_decisions": access.automated(notice, locale),
    }


def left_out(order: Order, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Lists what a copy leaves out, each with the reason: kinds of records, and fields of others.

    Of portability it is also what the law does not cover: one entry says so.
    """
    said, found = words(WORDS, order.locale), list[dict[str, Any]]()
    for kind in catalogue.values():
        if kind.left_out is not None:
            found.append(_omitted(kind, None, kind.left_out, order))
            continue
        for fields, why in ((kind.secrets, Untold.SECRET), (kind.others, Untold.OTHERS)):
            if fields:
                found.append(_omitted(kind, sorted(fields), why, order))
    if order.scope is Scope.PORT:
        found.append(
            {
                "kind": None,
                "title": said["left.port"],
                "fields": None,
                "reason": "not_covered",
                "why": said["why.not_covered"],
            }
        )
    others = {"kind": None, "title": said["left.others"], "fields": None}
    found.append({**others, "reason": str(Untold.OTHERS), "why": said["why.others"]})
    return found


def title_of(kind: str, notice: Notice, locale: str) -> str:
    """Returns the title of a kind of records in the notice's words; its id where it has none."""
    declared = notice.records.get(kind)
    return kind if declared is None else notice.text(declared.title, locale)


def _omitted(kind: Kind, fields: list[str] | None, why: Untold, order: Order) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "title": title_of(kind.name, order.notice, order.locale),
        "fields": fields,
        "reason": str(why),
        "why": words(WORDS, order.locale)[f"why.{why}"],
    }


def _category(
    category: Category, notice: Notice, locale: str, received: Received
) -> dict[str, Any]:
    purposes = [one for one in notice.purposes.values() if category.id in one.categories]
    may = sorted({recipient for one in purposes for recipient in one.recipients})
    return {
        "category": category.id,
        "title": notice.text(category.title, locale),
        "description": notice.text(category.description, locale),
        "special": access.special_named(notice, category, locale),
        "purposes": [access.purpose_named(notice, one, locale) for one in purposes],
        "received": _received(category.id, notice, locale, received),
        "recipients": [
            access.recipient_named(notice, notice.recipients[one], locale) for one in may
        ],
        "kept": access.category_kept(notice, category.id, locale),
        "stays": access.category_stays(notice, category.id, locale),
        "sources": access.sources_named(notice, category, locale),
        "portable": category.id in port.covered(notice),
    }


def _unknown(name: str, notice: Notice, locale: str, received: Received) -> dict[str, Any]:
    """Returns what is known of a category that the notice in force does not name any more."""
    return {
        "category": name,
        "title": name,
        "description": "",
        "special": None,
        "purposes": [],
        "received": _received(name, notice, locale, received),
        "recipients": [],
        "kept": [],
        "stays": [],
        "sources": [],
        "portable": False,
    }


def _received(
    category: str, notice: Notice, locale: str, received: Received
) -> list[dict[str, Any]]:
    known = notice.categories.get(category)
    items = {} if known is None else {one.id: one.title for one in known.fields.values()}

    def named(given: Mapping[str, Any]) -> dict[str, Any]:
        recipient = notice.recipients.get(given["recipient"])
        purpose = notice.purposes.get(given["purpose"])
        return {
            **given,
            "name": given["recipient"]
            if recipient is None
            else notice.text(recipient.name, locale),
            "purpose_title": given["purpose"]
            if purpose is None
            else notice.text(purpose.title, locale),
            "field_titles": [
                notice.text(items[one], locale) if one in items else one for one in given["fields"]
            ],
        }

    return [named(given) for given in received.of(category)]
