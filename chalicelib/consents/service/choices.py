"""The use cases of the page of one's own choices: seeing them with their history, saving them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib import clock
from chalicelib.consents import store
from chalicelib.consents.chosen import chosen
from chalicelib.consents.clocks import Consequence
from chalicelib.consents.model import Choice, Entry, Shown
from chalicelib.consents.service import view, withdrawal
from chalicelib.consents.service.capture import Caller, capture
from chalicelib.consents.service.context import load
from chalicelib.errors import BadRequest, NotFound, Problem, Unauthenticated
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.storage import pages
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.web import salvage

ENTRIES = 10
"""Entries on a page of the history."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The choices of an account: what stands, what refusals do to the data, and the history.

    `entries` is a page of the ledger, newest first; `newer` and `older` are the numbers before
    which the pages beside it end, None where there is none. `versions` are those of the notice that
    the entries need for purposes which the notice in force does not have.
    """

    standing: Standing
    data: tuple[Consequence, ...]
    entries: Sequence[Entry]
    newer: int | None
    older: int | None
    versions: Mapping[str, Notice]


def overview(bearer: str | None, before: int | None, notice: Notice) -> Overview:
    """Returns the choices of a session's account, and the entries before that number.

    One read of session, standing, key and the records that a refusal ends, one Query of a page of
    the ledger, and a Query for each kind of further records that were kept for a purpose; one KMS
    call. Raises Unauthenticated, also for an account that is being erased.
    """
    caller = Caller(bearer=bearer or "")
    loaded = load(caller, notice.choices, notice, at_one_instant=False)
    standing, now = loaded.standing, clock.now()
    if standing is None or standing.erasing:
        raise Unauthenticated("This account is gone.")
    newest = standing.seq if before is None else min(before - 1, standing.seq)
    after, entries = max(0, newest - ENTRIES), list[Entry]()
    if loaded.key is not None and newest > after:
        key = vault.open_key(loaded.key)
        found = pages.collect(
            store.ledger(loaded.subject, after, newest - after),
            lambda item: store.entry_of(item, vault.open_item(item, key)),
        )
        entries = list(reversed(found.items))
    return Overview(
        standing,
        withdrawal.consequences(loaded.kept, notice.choices, standing, notice, now),
        entries,
        newest + ENTRIES + 1 if newest < standing.seq else None,
        after + 1 if after and entries else None,
        _versions(entries, notice),
    )


def save(
    bearer: str | None,
    fields: Mapping[str, str],
    shown: Shown,
    notice: Notice,
    *,
    gpc: bool = False,
    network: str | None = None,
) -> bool:
    """Records what the form of the page changed; returns whether it changed anything.

    A form that was sent before has changed something, too, by its first sending.

    One read, and a capture where something changed. A no is recorded though the rest of the form is
    refused: then the problem has the member `recorded`, with the refused purposes. Raises
    Unauthenticated, BadRequest with all findings, and what `capture` raises.
    """
    caller = Caller(bearer=bearer or "")
    standing = view.standing(caller, notice)
    if standing is None:
        raise Unauthenticated("This account is gone.")
    said = chosen(fields, standing, notice)

    def record(choices: Mapping[str, Choice]) -> None:
        event = said.event_id(choices)
        capture(caller, choices, shown, event, notice, gpc=gpc, network=network)

    try:
        if said.findings:
            raise BadRequest("The form does not fit.", type="validation", findings=said.findings)
        if said.choices:
            record(said.choices)
    except Problem as problem:
        if said.refusals and salvage.counts(problem):
            record(said.refusals)
            problem.members["recorded"] = sorted(said.refusals)
        raise
    return bool(said.choices) or said.repeated


def keep(
    bearer: str | None, fields: Mapping[str, Sequence[str]], shown: Shown, notice: Notice
) -> bool:
    """Records the refusals in a form that cannot be read; returns whether it has any.

    `fields` are all values of each field. A purpose that is given twice, once with a no, is
    refused. A refusal that stands already adds nothing. Raises Unauthenticated, and what `capture`
    raises of refusals.
    """
    caller = Caller(bearer=bearer or "")
    standing = view.standing(caller, notice)
    if standing is None:
        raise Unauthenticated("This account is gone.")
    read = {
        name: str(Choice.DENIED) if Choice.DENIED in values else values[0]
        for name, values in fields.items()
    }
    said = chosen(read, standing, notice)
    if said.refusals:
        capture(caller, said.refusals, shown, said.event_id(said.refusals), notice)
    return bool(said.refusals)


def _versions(entries: Sequence[Entry], notice: Notice) -> dict[str, Notice]:
    found = dict[str, Notice]()
    for entry in entries:
        if entry.opened.get("decisions", {}).keys() <= notice.purposes.keys():
            continue
        try:
            found[entry.notice_version] = notices.version(entry.notice_version)
        except NotFound:  # the purpose's id stands for its title
            continue
    return found


__all__ = ["ENTRIES", "Overview", "keep", "overview", "save"]
