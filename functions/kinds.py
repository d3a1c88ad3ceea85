"""The registry of kinds of records, put together once for whoever copies, erases or sweeps them."""

from __future__ import annotations

from functools import cache

from chalicelib.accounts import kinds as accounts
from chalicelib.consents import kinds as consents
from chalicelib.disclosures import kinds as disclosures
from chalicelib.kinds.registry import Registry
from chalicelib.publications import kinds as publications
from chalicelib.requests import kinds as requests


@cache
def registry() -> Registry:
    """Returns the registry; the kinds that are not named here are plain ones."""
    return Registry(
        accounts.STANDINGS,
        accounts.EMAIL_CHANGES,
        accounts.ROLES,
        consents.ENTRIES,
        consents.PROFILES,
        disclosures.DISCLOSURES,
        publications.OBLIGATIONS,
        requests.EXPORTS,
    )
