"""The registry of kinds of records, put together once for whoever copies, erases or sweeps them."""

from __future__ import annotations

from chalicelib.accounts import kinds as accounts
from chalicelib.activity import kinds as activity
from chalicelib.audit import kinds as audit
from chalicelib.catalogue import STORED, Catalogue
from chalicelib.consents import kinds as consents
from chalicelib.disclosures import kinds as disclosures
from chalicelib.holds import kinds as holds
from chalicelib.kinds.model import RecordKind
from chalicelib.kinds.registry import Registry
from chalicelib.messages import kinds as messages
from chalicelib.origins import kinds as origins
from chalicelib.publications import kinds as publications
from chalicelib.records import kinds as records
from chalicelib.requests import kinds as requests
from chalicelib.retention.evidence import kinds as evidence
from chalicelib.subjects import kinds as subjects
from chalicelib.systems import kinds as systems


def registry(catalogue: Catalogue = STORED, *more: RecordKind) -> Registry:
    """Returns the registry of a catalogue; the kinds that are not named here are plain ones.

    `more` are behaviours of kinds that the catalogue has beyond the software's own.
    """
    return Registry(
        accounts.STANDINGS,
        accounts.EMAIL_CHANGES,
        accounts.ROLES,
        activity.ACTIVITY,
        audit.AUDIT,
        consents.ENTRIES,
        consents.PROFILES,
        disclosures.DISCLOSURES,
        holds.HOLDS,
        origins.TOLD,
        messages.PLACES,
        publications.OBLIGATIONS,
        *records.HANDED_OVER,
        requests.REQUESTS,
        requests.EXPORTS,
        requests.MESSAGES,
        evidence.RUNS,
        subjects.RESTRICTIONS,
        systems.QUESTIONS,
        systems.ANSWERS,
        *more,
        catalogue=catalogue,
    )
