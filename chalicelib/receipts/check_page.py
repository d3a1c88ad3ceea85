"""The page that checks a receipt: a field, and what the text in it proves and what not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.notices.model import Notice
from chalicelib.pages import formats
from chalicelib.pages.languages import tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import pair, words
from chalicelib.receipts.contract import MAX_RECEIPT
from chalicelib.receipts.model import Judged, Kept, Sort
from chalicelib.web.pages.visit import Visit

Fact = tuple[str, str]
"""A name, and what it stands for."""


def check_page(visit: Visit, judged: Judged | None) -> str:
    """Returns the page, with the verdict about what was sent where there is one."""
    said, language = words("check", visit.language), visit.language
    verdict = None if judged is None else judged.verdict
    valid = verdict is not None and verdict.valid
    title = said["title"] if verdict is None else said["valid" if valid else "invalid"]
    errors = tuple(
        (name, pair(said["receipt"], text, language) if name else text)
        for name, text in visit.summary("receipt")
    )
    return render(
        "receipts/templates/check.html.j2",
        visit.frame,
        title,
        words=said,
        errors=errors,
        visit=visit,
        maximum=MAX_RECEIPT,
        typed=visit.body.get("receipt", visit.value("receipt")),
        judged=judged,
        valid=valid,
        reason="" if verdict is None or valid else said[f"reason_{verdict.reason}"],
        proves=said[f"proves_{judged.sort}"] if judged is not None else "",
        not_proven=said[f"not_{judged.sort}"] if judged is not None else "",
        facts_of=list(_facts(judged, visit, said)) if judged is not None else [],
        kept=[_kept(one, visit, said) for one in (judged.kept or ())] if judged else [],
    )


def _facts(judged: Judged, visit: Visit, said: Mapping[str, str]) -> Iterator[Fact]:
    """Yields what a valid receipt says, as far as a page of anybody's may show it in short."""
    content = judged.verdict.content
    if content is None:
        return
    yield said["issuer"], content["iss"]
    yield said["signed_at"], _moment(datetime.fromtimestamp(content["iat"], UTC), visit)
    if judged.sort is Sort.DECISION:
        yield from _decision(content, visit, said)
    elif judged.sort is Sort.CLOSING:
        yield said["request"], content["request"]
        yield said["closed_at"], _moment(datetime.fromisoformat(content["closed_at"]), visit)
        erased = sum(content["erased"]["records"].values())
        yield said["erased"], formats.number(erased, visit.language)
    elif "month" in content:
        yield said["month"], str(content["month"])


def _decision(content: Mapping[str, Any], visit: Visit, said: Mapping[str, str]) -> Iterator[Fact]:
    """Yields what the receipt of a decision says: entry, version, and each purpose."""
    processing, names = content["pii_processing"], words("receipts", visit.language)
    notice = processing["privacy_notice"]
    yield said["version"], notice["version"]
    titles = {one["id"]: one["title"] for one in processing["purposes"]}
    for event in content["events"]:
        title = titles.get(event["purpose"], event["purpose"])
        state = event["event_state"]
        yield title, names.get(f"state_{state}", state)


def _kept(one: Kept, visit: Visit, said: Mapping[str, str]) -> tuple[str, str, str]:
    """Returns a kind of record that stayed, until when, and whether it is gone by now."""
    until = said["with_account"]
    if one.ends_at is not None:
        until = _moment(datetime.fromisoformat(one.ends_at), visit)
    return _title(one.kind, visit.notice, visit), until, said["gone" if one.gone else "there"]


def _title(kind: str, notice: Notice, visit: Visit) -> str:
    found = notice.records.get(kind)
    if found is None:
        return kind
    return notice.text(found.title, tag_of(visit.language, notice.locales))


def _moment(value: datetime, visit: Visit) -> str:
    return formats.moment(value, visit.language, visit.notice.zone)
