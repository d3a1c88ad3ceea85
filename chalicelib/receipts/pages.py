"""A receipt as a document for its person: no script, nothing loaded, complete on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from chalicelib.instants import instant
from chalicelib.pages import formats
from chalicelib.pages.frame import Frame
from chalicelib.pages.page import document
from chalicelib.pages.words import pair
from chalicelib.pages.words import words as texts
from chalicelib.receipts.contract import VERIFY
from chalicelib.receipts.model import Issued
from chalicelib.site.wellknown import JWKS

_CHAIN = ("seq", "commitment", "previous", "hash")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that links to an address."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class _Told:
    """The words, language and time zone in which the document names codes and moments."""

    words: Mapping[str, str]
    locale: str
    zone: tzinfo
    language: str
    """The language of the notice's words, which may differ from the reader's."""

    def named(self, kind: str, code: str) -> str:
        """Returns the name of a code, or the code where it has no name."""
        return self.words.get(f"{kind}_{code}", code)

    def moment(self, written: str) -> str:
        """Returns a moment, given in RFC 3339, to the second in the notice's time zone."""
        value = datetime.fromisoformat(written)
        return formats.moment(value, self.locale, self.zone, precise=True)

    def join(self, names: Iterable[str]) -> str:
        """Returns names of the notice in one line."""
        return formats.listing(names, self.language)


def receipt_page(
    issued: Issued, said: Mapping[str, Any], locale: str, frame: Frame | None = None
) -> str:
    """Returns the document, in one of the software's languages.

    `said` is the receipt's content in that language; the signed one may be in another. With a
    `frame` the document stands in the shell of the pages.
    """
    words, shown = texts("receipts", locale), said["pii_processing"]
    titles = {one["id"]: one["title"] for one in shown["pii_information"]}
    names = {one["id"]: one["name"] for one in shown["recipients"]}
    notice, issuer = shown["privacy_notice"], said["iss"]
    in_force = formats.day(issued.notice.effective_day, locale)
    chain = [(words["digest"], notice["digest"])]
    chain += [(words[name], said["entry"][name]) for name in _CHAIN]
    version = words["version"].format(version=notice["version"], day=in_force)
    told = _Told(words, locale, issued.notice.zone, notice["language"])
    return document(
        "receipts/templates/receipt.html.j2",
        words["title"],
        words={**texts("pages", locale), **words},
        locale=locale,
        site=issued.notice.site_name,
        frame=frame,
        spoken="" if notice["language"] == locale else notice["language"],
        facts=[*_facts(issued, said, told), (words["notice"], Link(version, notice["address"]))],
        decisions=list(_decisions(issued, said["events"], shown["purposes"], told)),
        purposes=[_purpose(one, titles, names, told) for one in shown["purposes"]],
        categories=[_category(one, told) for one in shown["pii_information"]],
        recipients=[_recipient(one, words) for one in shown["recipients"]],
        change=words["change_text"].format(contact=issued.notice.contact),
        proof=words["proof_text"].format(verify=issuer + VERIFY.path, keys=issuer + JWKS.path),
        receipt=issued.receipt,
        chain=chain,
    )


def _facts(issued: Issued, said: Mapping[str, Any], told: _Told) -> Iterator[tuple[str, str]]:
    words, entry, opened = told.words, issued.entry, issued.entry.opened
    yield words["number"], entry.id
    yield words["decided_at"], told.moment(instant(entry.at))
    yield words["where"], told.named("source", entry.source)
    if "channel" in opened:
        received = opened.get("desk", {}).get("received_at")
        channel = told.named("channel", opened["channel"])
        yield words["received"], f"{channel}, {told.moment(received)}" if received else channel
    language = issued.content["pii_processing"]["privacy_notice"]["language"]
    yield words["language"], formats.language_name(language, told.locale)
    yield words["evidence"], _evidence(said["pii_processing"]["evidence"], told)
    for party in said["party_identification"]:
        if party["role"] == "controller":
            parts = (party[name] for name in ("name", "address", "country", "email"))
            yield words["controller"], ", ".join(text for text in parts if text)
    signed_at = instant(datetime.fromtimestamp(said["iat"], UTC))
    yield words["signed_at"], told.moment(signed_at)


def _evidence(evidence: Mapping[str, Any], told: _Told) -> str:
    text = told.words[f"evidence_{evidence['state']}"]
    if evidence["state"] != "verified":
        return text
    return text.format(version=evidence["version"], hour=told.moment(evidence["hour"]))


def _decisions(
    issued: Issued,
    events: list[Mapping[str, Any]],
    purposes: list[Mapping[str, Any]],
    told: _Told,
) -> Iterator[tuple[str, ...]]:
    """Yields a row for each decision, in the order in which the notice names the purposes."""
    titles = {one["id"]: one["title"] for one in purposes}
    order = [*titles, *(event["purpose"] for event in events)]
    for event in sorted(events, key=lambda one: order.index(one["purpose"])):
        granted, until = event["event_state"] == "granted", event["valid_until"]
        stands = issued.standing.get(event["purpose"], {"decision": "erased"})
        holds = told.words["no_end"] if granted and event["taken_from"] is None else "—"
        yield (
            titles.get(event["purpose"], event["purpose"]),
            told.named("state", event["event_state"]),
            told.named("origin", event["origin"]),
            holds if until is None else _until(event, told),
            told.named("effect", stands["decision"]),
        )


def _until(event: Mapping[str, Any], told: _Told) -> str:
    """Returns until when a yes holds, and whether a sign-in makes it hold for longer."""
    until = told.moment(event["valid_until"])
    return until if event.get("renewed_by") is None else f"{until}; {told.words['renewed']}"


def _purpose(
    purpose: Mapping[str, Any], titles: Mapping[str, str], names: Mapping[str, str], told: _Told
) -> dict[str, str]:
    receivers = "; ".join(names[name] for name in purpose["recipients"])
    return {
        "title": purpose["title"],
        "description": purpose["description"],
        "basis": purpose["lawful_basis"]["text"],
        "data": told.join(titles[name] for name in purpose["pii_information"]),
        "receivers": receivers or told.words["nobody"],
    }


def _category(category: Mapping[str, Any], told: _Told) -> tuple[str, str, list[str]]:
    retention = category["retention"]
    rules = [
        pair(rule["record"], f"{rule['period']} {rule['starts']}; {rule['then']}", told.language)
        for rule in retention["rules"]
    ]
    kept = [retention["text"], *rules] if retention["text"] else rules
    return category["title"], told.join(category["items"]), kept


def _recipient(one: Mapping[str, Any], words: Mapping[str, str]) -> tuple[str, ...]:
    return one["name"], one["role_text"], one["place"], one["transfer"] or words["no_transfer"]
