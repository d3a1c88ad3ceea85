"""The audit as JSON, in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.audit.contract import place
from chalicelib.audit.model import Entry, Link
from chalicelib.web.contract import Json
from chalicelib.web.cursor import page

if TYPE_CHECKING:
    from chalicelib.audit.service import Listed


def audit_shown(listed: "Listed") -> Json:
    """Returns the JSON of a page of the audit, with the head of the chain."""
    last = listed.last
    head = {**_link(listed.head.last), "pruned": _link(listed.head.pruned)}
    items = [_entry(entry) for entry in listed.entries]
    return {**page(items, None if last is None else place(last.at, last.seq)), "head": head}


def _entry(entry: Entry) -> Json:
    return {**entry.content(), "hash": entry.hash if entry.stored is None else entry.stored}


def _link(link: Link) -> dict[str, Json]:
    return {"seq": link.seq, "hash": link.hash}
