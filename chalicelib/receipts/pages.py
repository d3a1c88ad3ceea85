"""A receipt as a document for its person: no script, nothing from elsewhere, complete on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.instants import instant, zone_name
from chalicelib.receipts.contract import VERIFY
from chalicelib.receipts.model import Issued
from chalicelib.receipts.words import WORDS, named
from chalicelib.web.wellknown import JWKS

if TYPE_CHECKING:
    from jinja2 import Environment

_CHAIN = ("seq", "commitment", "previous", "hash")


def receipt_page(issued: Issued, said: Mapping[str, Any], locale: str) -> str:
    """The document, in one of the software's languages.

    `said` is the receipt's content in that language; what is signed may be in another.
    """
    words, shown = WORDS[locale], said["pii_processing"]
    titles = {one["id"]: one["title"] for one in shown["pii_information"]}
    names = {one["id"]: one["name"] for one in shown["recipients"]}
    notice, issuer = shown["privacy_notice"], said["iss"]
    in_force = issued.notice.effective_day.strftime(words["day"])
    chain = [(words["digest"], notice["digest"])]
    chain += [(words[name], said["entry"][name]) for name in _CHAIN]
    return (
        _environment()
        .get_template("receipt.html.j2")
        .render(
            words=words,
            locale=locale,
            site=issued.notice.site_name,
            facts=list(_facts(issued, said, words)),
            notice=notice,
            notice_named=words["version"].format(version=notice["version"], day=in_force),
            decisions=list(_decisions(issued, said["events"], shown["purposes"], words)),
            purposes=[_purpose(one, titles, names, words) for one in shown["purposes"]],
            categories=[_category(one) for one in shown["pii_information"]],
            recipients=shown["recipients"],
            change=words["change_text"].format(contact=issued.notice.contact),
            proof=words["proof_text"].format(verify=issuer + VERIFY.path, keys=issuer + JWKS.path),
            receipt=issued.receipt,
            chain=chain,
        )
    )


def _facts(
    issued: Issued, said: Mapping[str, Any], words: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    entry, opened = issued.entry, issued.entry.opened
    yield words["number"], entry.id
    yield words["decided_at"], _moment(instant(entry.at), issued.notice.zone, words)
    yield words["where"], named(words["sources"], entry.source)
    if "channel" in opened:
        received = opened.get("desk", {}).get("received_at")
        channel = named(words["channels"], opened["channel"])
        yield (
            words["received"],
            f"{channel}, {_moment(received, issued.notice.zone, words)}" if received else channel,
        )
    language = issued.content["pii_processing"]["privacy_notice"]["language"]
    yield words["language"], named(words["languages"], language)
    yield (
        words["evidence"],
        _evidence(said["pii_processing"]["evidence"], issued.notice.zone, words),
    )
    for party in said["party_identification"]:
        if party["role"] == "controller":
            told = (party[name] for name in ("name", "address", "country", "email"))
            yield words["controller"], ", ".join(text for text in told if text)
    signed_at = instant(datetime.fromtimestamp(said["iat"], UTC))
    yield words["signed_at"], _moment(signed_at, issued.notice.zone, words)


def _evidence(evidence: Mapping[str, Any], zone: tzinfo, words: Mapping[str, Any]) -> str:
    text: str = words["evidences"][evidence["state"]]
    if evidence["state"] != "verified":
        return text
    return text.format(version=evidence["version"], hour=_moment(evidence["hour"], zone, words))


def _decisions(
    issued: Issued,
    events: list[Mapping[str, Any]],
    purposes: list[Mapping[str, Any]],
    words: Mapping[str, Any],
) -> Iterator[tuple[str, ...]]:
    """A row for each decision, in the order in which the notice names the purposes."""
    titles = {one["id"]: one["title"] for one in purposes}
    order = [*titles, *(event["purpose"] for event in events)]
    for event in sorted(events, key=lambda one: order.index(one["purpose"])):
        granted, until = event["event_state"] == "granted", event["valid_until"]
        stands = issued.standing.get(event["purpose"], {"decision": "erased"})
        holds = words["no_end"] if granted and event["taken_from"] is None else "—"
        yield (
            named(titles, event["purpose"]),
            named(words["states"], event["event_state"]),
            named(words["origins"], event["origin"]),
            holds if until is None else _moment(until, issued.notice.zone, words),
            named(words["effects"], stands["decision"]),
        )


def _purpose(
    purpose: Mapping[str, Any],
    titles: Mapping[str, str],
    names: Mapping[str, str],
    words: Mapping[str, Any],
) -> dict[str, str]:
    return {
        "title": purpose["title"],
        "description": purpose["description"],
        "basis": purpose["lawful_basis"]["text"],
        "data": ", ".join(titles[name] for name in purpose["pii_information"]),
        "receivers": "; ".join(names[name] for name in purpose["recipients"]) or words["nobody"],
    }


def _category(category: Mapping[str, Any]) -> dict[str, Any]:
    retention = category["retention"]
    rules = (
        f"{rule['record']}: {rule['period']} {rule['starts']}; {rule['then']}"
        for rule in retention["rules"]
    )
    told = [retention["text"]] if retention["text"] else []
    return {"title": category["title"], "items": category["items"], "kept": [*told, *rules]}


def _moment(written: str, zone: tzinfo, words: Mapping[str, Any]) -> str:
    moment = datetime.fromisoformat(written).astimezone(zone)
    return f"{moment.strftime(words['moment'])} {zone_name(moment)}"


@cache
def _environment() -> Environment:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("chalicelib.receipts"), PackageLoader("chalicelib.web")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
