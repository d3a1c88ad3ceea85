"""Reads what other systems gave about a request, for the copy that their person gets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.storage import keys
from chalicelib.systems import form, store
from chalicelib.systems.model import State, Status, Supplement
from chalicelib.systems.store import AnswerItem
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey


def supplements(subject: str, request: str, key: DataKey | None = None) -> Iterator[Supplement]:
    """Yields each system that was asked about a request, with what it gave, by system.

    Records come one after the other, also of a file of 100 MB. `key` is the data key of the class
    evidence, where the caller has it. One Query; of systems with data also a GetItem each, once a
    GetItem and a KMS call for the key, and a GetObject for a file.
    """
    for item in store.questions_of(subject, request):
        question = store.question_of(item)
        records: Iterator[Mapping[str, Any]] = iter(())
        if question.status is Status.DATA:
            given = store.get_answer(subject, request, question.recipient)
            if given is not None and given.state == State.TAKEN:
                key = key or vault.load_key(subject, AnswerItem.CLASS)
                records = _records(given, key)
        yield Supplement(
            question.recipient,
            question.status,
            records,
            question.ground,
            question.answered_at,
            question.late,
        )


def _records(given: AnswerItem, key: DataKey) -> Iterator[Mapping[str, Any]]:
    if given.object is None:
        yield from store.contents(vault.open_item(given, key))
        return
    place = keys.subject_of(given.pk), given.request, given.recipient
    for _, line in form.lines(store.chunks(store.object_key(*place))):
        record: Mapping[str, Any] = json.loads(line)
        yield record
