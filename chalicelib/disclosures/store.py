"""Disclosures in the table: one item each, in the partition of the subject."""

from collections.abc import Iterator

from pynamodb.attributes import UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.disclosures.model import Disclosure
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item


class DisclosureItem(Item):
    """One disclosure. It names the fields that were given and holds none of their values."""

    KIND = "disclosure"
    CLASS = "evidence"

    recipient = UnicodeAttribute()
    category = UnicodeAttribute()
    purpose = UnicodeAttribute()
    fields_given = UnicodeAttribute(null=True)
    disclosed_at = InstantAttribute()
    entry = UnicodeAttribute(null=True)


def disclosure_item(
    disclosure_id: str, disclosure: Disclosure, given: tuple[str, ...], entry: str | None
) -> DisclosureItem:
    """Returns the item of a disclosure.

    `given` are the fields, none for a whole category; `entry` is the id of the ledger entry that
    permitted it, where a consent did.
    """
    return DisclosureItem(
        pk=keys.subject(disclosure.subject),
        sk=keys.record(DisclosureItem.CLASS, DisclosureItem.KIND, disclosure_id),
        kind=DisclosureItem.KIND,
        recipient=disclosure.recipient,
        category=disclosure.category,
        purpose=disclosure.purpose,
        fields_given=" ".join(given) or None,
        disclosed_at=disclosure.disclosed_at,
        entry=entry,
    )


def disclosures(subject: str) -> Iterator[DisclosureItem]:
    """Yields all disclosures of a subject's data. One Query a MB."""
    prefix = keys.record(DisclosureItem.CLASS, DisclosureItem.KIND)
    return DisclosureItem.query(
        keys.subject(subject), DisclosureItem.sk.startswith(prefix), consistent_read=True
    )


def page_of(subject: str, after: str | None, limit: int) -> ResultIterator[DisclosureItem]:
    """Lists up to `limit` disclosures of a subject's data after the one of that id. One Query."""
    pk = keys.subject(subject)
    prefix = keys.record(DisclosureItem.CLASS, DisclosureItem.KIND)
    return DisclosureItem.query(
        pk,
        DisclosureItem.sk.startswith(prefix),
        consistent_read=True,
        limit=limit,
        last_evaluated_key=pages.start(pk, prefix, after),
    )


def disclosure_of(item: DisclosureItem) -> Disclosure:
    """Returns the disclosure that an item stores."""
    return Disclosure(
        subject=keys.subject_of(item.pk),
        recipient=item.recipient,
        category=item.category,
        purpose=item.purpose,
        fields=tuple((item.fields_given or "").split()),
        disclosed_at=item.disclosed_at,
    )
