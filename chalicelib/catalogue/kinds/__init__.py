"""Every kind of record that the software stores: a file a room, and a line here a kind."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.kinds import (
    accounts,
    audit,
    consents,
    holds,
    machinery,
    messages,
    publications,
    requests,
    retention,
    reviews,
    sessions,
    subjects,
    systems,
    warnings,
)
from chalicelib.catalogue.model import Catalogue, catalogue

STORED: Final[Catalogue] = catalogue(
    subjects.STANDING,
    subjects.RESTRICTION,
    subjects.TOMBSTONE,
    accounts.CLAIM,
    accounts.CREDENTIAL,
    accounts.PROFILE,
    consents.ENTRY,
    accounts.PENDING,
    accounts.CODE,
    machinery.LIMIT,
    sessions.SESSION,
    sessions.ROLE,
    accounts.EMAIL_CHANGE,
    accounts.SECOND_FACTOR,
    accounts.REFERENCE,
    sessions.LINK,
    machinery.JOB,
    requests.REQUEST,
    requests.OPEN_REQUEST,
    requests.REQUEST_MESSAGE,
    requests.REGISTER,
    requests.CONTACT,
    systems.QUESTION,
    systems.ANSWER,
    requests.REPLY,
    messages.MESSAGE,
    publications.OBLIGATION,
    warnings.WARNING,
    machinery.ROUND,
    requests.EXPORT,
    machinery.IDEMPOTENCY,
    machinery.DATA_KEY,
    machinery.ERASURE,
    machinery.RETENTION_TALLY,
    retention.RETENTION_RUN,
    consents.DISCLOSURE,
    consents.DELIVERY,
    audit.AUDIT,
    holds.HOLD,
    reviews.RETENTION_REVIEW,
)
"""The kinds by name, in the order in which people are shown them."""
