"""The part of a person's data that portability covers (GDPR art. 20(1)). Pure.

It is what the person gave or their use produced, in categories whose outcome for `port` is
`included` and that a purpose uses on consent or contract. Records that the organisation wrote, that
prove something, or that others gave are not covered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from chalicelib.catalogue import Catalogue, Source
from chalicelib.kinds.model import Record
from chalicelib.notices import access
from chalicelib.notices.model import PORTABLE, FieldRef, Notice, category_of

RIGHT: Final = "port"
"""The right in the outcomes of the notice's categories."""

INCLUDED: Final = "included"
"""The outcome of a category that can be taken along."""

PROOF: Final = "evidence"
"""The class of records that prove something: they are no data that a person takes elsewhere."""

_PARTIES: Final = frozenset({str(Source.SUBJECT), str(Source.OBSERVED)})


def covered(notice: Notice) -> frozenset[str]:
    """Returns the categories that portability covers, whoever gave a record of them.

    Some purpose uses data of them on consent or contract (GDPR art. 20(1)(a)).
    """
    used = {
        category
        for purpose in notice.purposes.values()
        for category in purpose.categories
        if purpose.kinds_for([category]) & PORTABLE
    }
    return frozenset(
        category.id
        for category in notice.categories.values()
        if category.id in used
        and RIGHT in category.outcomes
        and category.outcomes[RIGHT].outcome == INCLUDED
    )


def party(record: Record, notice: Notice, catalogue: Catalogue) -> str | None:
    """Returns the party that gave a record: its own, that of its origin, or that of its kind.

    None where nothing says it.
    """
    if record.source is not None:
        return record.source
    origin = record.fields.get("origin")
    named = access.parties(notice).get(origin) if isinstance(origin, str) else None
    if named is not None:
        return named
    declared = catalogue.get(record.kind)
    return None if declared is None or declared.source is None else str(declared.source)


def groups(record: Record, notice: Notice) -> dict[str, frozenset[str]]:
    """Returns the notice's categories of which a record holds something, with those fields.

    Two categories may have items of one name; a record named after a category holds only its own.
    """
    declared = notice.records.get(record.kind)
    if declared is None:
        return {}
    known = {group: names for group, names in declared.groups.items() if group != "technical"}
    own = category_of(record.id, known)
    if own is not None:
        return {own: known[own] & record.fields.keys()}
    held = {group: names & record.fields.keys() for group, names in known.items()}
    return {group: names for group, names in held.items() if names}


def _is_portable(item: FieldRef, notice: Notice) -> bool:
    """Tells whether some purpose uses an item on consent or contract."""
    return any(
        purpose.kinds_of(item) & PORTABLE
        for purpose in notice.purposes.values()
        if item.category in purpose.categories
    )


def portable(
    record: Record,
    notice: Notice,
    categories: frozenset[str],
    catalogue: Catalogue,
) -> Record | None:
    """Returns a record with the fields that portability covers; None where it covers none.

    `categories` are those of `covered`.
    """
    declared = catalogue.get(record.kind)
    if declared is not None and declared.retention_class == PROOF:
        return None
    if party(record, notice, catalogue) not in _PARTIES:
        return None
    names = {
        name
        for category, fields in groups(record, notice).items()
        if category in categories
        for name in fields
        if _is_portable(FieldRef(category, name), notice)
    }
    if not names:
        return None
    kept: Mapping[str, object] = {
        name: value for name, value in record.fields.items() if name in names
    }
    return replace(record, fields=kept)
