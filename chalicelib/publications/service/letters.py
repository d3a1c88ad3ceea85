"""Composes the mails to one person: a version's changes for them, and its recall."""

from dataclasses import replace
from typing import Final

from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.notices import anchors
from chalicelib.notices.changes import Change, Effect
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import NOTICE, changes_page, place, sentences
from chalicelib.pages.words import pair
from chalicelib.publications.model import Concern
from chalicelib.publications.service.told import tags_of
from chalicelib.subjects.model import Standing

TEMPLATE: Final = "notice_changed"
RECALLED: Final = "notice_withdrawn"

MOST: Final = 12
"""Most changes that a mail lists; more would not be read, so the rest is behind a link."""


def compose(
    standing: Standing, address: str, concern: Concern, before: Notice, after: Notice
) -> Message:
    """Returns the mail about a version's changes for a person, in the language of their account.

    It lists the changes that concern them, the weightiest first.
    """
    locale = standing.locale
    told = (_theirs(change, concern) for change in concern.changes)
    said = sentences(before, after, told, locale)
    words = {
        "version": after.version,
        "effective_at": after.effective_at,
        "changes": said[:MOST],
        "more": len(said[MOST:]),
        "ask": [_asked(after, name, locale) for name in concern.ask],
        "difference": changes_page(after.version, before.version, locale),
    }
    return Message(TEMPLATE, address, locale, words, tags=tags_of(after.version))


def _asked(after: Notice, purpose: str, locale: str) -> str:
    """Returns a purpose that a person is asked about, with its address on the version's page."""
    title = after.text(after.purposes[purpose].title, locale)
    return pair(title, place(anchors.purpose(purpose), locale, after.version), locale)


def recall(standing: Standing, address: str, version: Notice) -> Message:
    """Returns the mail that a version was called back, in the language of the account."""
    words = {
        "version": version.version,
        "effective_at": version.effective_at,
        "notice": Page(NOTICE),
    }
    return Message(RECALLED, address, standing.locale, words)


def _theirs(change: Change, concern: Concern) -> Change:
    """Returns a change that asks again, with only the purposes that this person agreed to."""
    if change.effect is not Effect.MATERIAL:
        return change
    asked = set(concern.ask)
    return replace(change, purposes=tuple(name for name in change.purposes if name in asked))
