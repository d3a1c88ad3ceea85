"""A notice in the Data Privacy Vocabulary (DPV 2) of the W3C's community group, as JSON-LD 1.1.

Each purpose is a `dpv:Process` of the controller, with its legal bases (of `eu-gdpr`), its data and
its recipients. All texts stand in every language of the notice. Nodes are named by their addresses
on the notice's page, relative to the page, so that a document published beside it links to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from chalicelib.instants import instant
from chalicelib.notices import anchors, parties
from chalicelib.notices.model import Notice, Words
from infra import notice_facts as facts

CONTEXT: Final[Mapping[str, Any]] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_ROLES: Final = {
    "processor": "dpv:DataProcessor",
    "controller": "dpv:DataController",
    "joint_controller": "dpv:JointDataControllers",
}
"""Role of a recipient -> its class; any other is only a recipient."""

_TOOLS: Final = {
    "adequacy": "eu-gdpr:A45-3",
    "binding_rules": "eu-gdpr:A46-2-b",
    "standard_clauses": "eu-gdpr:A46-2-c",
    "code_of_conduct": "eu-gdpr:A46-2-e",
    "certification": "eu-gdpr:A46-2-f",
}
"""Tool of a transfer -> its article. Of art. 49 the notice does not say which derogation it is."""

_TRANSFER: Final = "dpv:DataTransferLegalBasis"

_RIGHTS: Final = {
    "copy": "eu-gdpr:A15",
    "rectify": "eu-gdpr:A16",
    "erase": "eu-gdpr:A17",
    "restrict": "eu-gdpr:A18",
    "port": "eu-gdpr:A20",
    "object": "eu-gdpr:A21",
    "review": "eu-gdpr:A22",
    "withdraw": "eu-gdpr:A7-3",
}
"""Right -> its article; the others are rights of the organisation's own or of other law."""

_AUTOMATION: Final = {
    "none": "dpv:NotAutomated",
    "assisted": "dpv:PartialAutomation",
    "solely": "dpv:FullAutomation",
}

_KINDS: Final = {"none": "dpv:PersonalData", "criminal": "dpv:SensitivePersonalData"}
"""Special category -> its class, where it is none of GDPR art. 9."""

_CONTACTS: Final = ("email", "pec", "form", "phone", "website", "url")

_SOURCES: Final = {"subject": "dpv:DataSubject", "public": "dpv:PublicDataSource"}


def dpv(notice: Notice) -> dict[str, Any]:
    """Returns the notice as a JSON-LD document."""
    completed, found = notice.completed, parties.controllers(notice.completed)
    return {
        "@context": dict(CONTEXT),
        "@id": f"/v1/notices/{notice.version}",
        "@type": "dpv:PrivacyNotice",
        "dct:identifier": notice.version,
        "dct:valid": {"@value": instant(notice.effective_at), "@type": "xsd:dateTime"},
        "dct:language": list(notice.locales),
        "dpv:hasDataController": [
            _controller(one, place) for one, place in zip(found, _places(len(found)), strict=True)
        ],
        "dpv:hasProcess": [_process(notice, one) for one in completed["purposes"]],
        "dpv:hasPersonalData": [_category(notice, one) for one in completed["categories"]],
        "dpv:hasRecipient": [_recipient(one) for one in completed["recipients"]],
        "dpv:hasRight": [_right(one) for one in completed["rights"]],
        "dpv:hasOrganisationalMeasure": [
            {"@type": "dpv:OrganisationalMeasure", "dct:description": _texts(one["text"])}
            for one in completed.get("security", ())
        ],
    }


def _places(count: int) -> list[str]:
    """Returns an address for each controller: the section's for the first, and more beside it."""
    return ["#controller", *(f"#controller-{number}" for number in range(2, count + 1))]


def _controller(found: Mapping[str, Any], place: str) -> dict[str, Any]:
    made = {"@id": place, "@type": "dpv:DataController", **_party(found)}
    represented = [
        {"@type": kind, **_party(found[name])}
        for name, kind in (
            ("representative", "dpv:Representative"),
            ("dpo", "dpv:DataProtectionOfficer"),
        )
        if name in found
    ]
    return {**made, "dpv:hasRepresentative": represented} if represented else made


def _party(found: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for member, term in (("name", "dpv:hasName"), ("address", "dpv:hasAddress")):
        if member in found:
            made[term] = found[member]
    contacts = [one for name in _CONTACTS for one in parties.several(found.get(name))]
    if contacts:
        made["dpv:hasContact"] = contacts
    if "country" in found:
        made["dpv:hasLocation"] = _location(found["country"])
    if "text" in found:
        made["dct:description"] = _texts(found["text"])
    return made


def _process(notice: Notice, value: Mapping[str, Any]) -> dict[str, Any]:
    place = anchors.purpose(value["id"])
    used = [_id(anchors.category(name)) for name in value["categories"]]
    made: dict[str, Any] = {
        "@id": f"#{place}",
        "@type": "dpv:Process",
        "dct:title": _texts(value["title"]),
        "dct:description": _texts(value["description"]),
        "dpv:hasPurpose": {
            "@id": f"#{place}-purpose",
            "@type": "dpv:DirectMarketing" if value["marketing"] else "dpv:Purpose",
            "dct:title": _texts(value["title"]),
        },
        "dpv:hasDataController": [
            {"@id": one} for one in _places(len(parties.controllers(notice.completed)))
        ],
        "dpv:hasLegalBasis": [
            *(_basis(one) for one in facts.bases(value) if "kind" in one),
            *(
                {"@type": f"eu-gdpr:{facts.CONDITIONS[name]}"}
                for name in facts.conditions(notice, value)
            ),
        ],
        "dpv:hasPersonalData": used,
        "dpv:hasRecipient": [_id(anchors.recipient(name)) for name in value["recipients"]],
    }
    if value["automated"] in _AUTOMATION:
        made["dpv:hasAutomationLevel"] = {"@id": _AUTOMATION[value["automated"]]}
    if "logic" in value:
        made["dpv:hasAlgorithmicLogic"] = {
            "@type": "dpv:AlgorithmicLogic",
            "dct:description": _texts(value["logic"]["text"]),
        }
    if value.get("profiling"):
        made["dpv:hasProcessing"] = {"@id": "dpv:Profiling"}
    if value["id"] in notice.choices:
        made["dpv:hasConsentControl"] = {"@id": "dpv:WithdrawConsent"}
    return made


def _basis(value: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": f"eu-gdpr:{facts.ARTICLES[value['kind']]}"}
    for member in ("act", "interest"):
        if member in value:
            made["dct:description"] = _texts(value[member])
    return made


def _category(notice: Notice, value: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@id": f"#{anchors.category(value['id'])}",
        "@type": _KINDS.get(value.get("special", "none"), "dpv:SpecialCategoryPersonalData"),
        "dct:title": _texts(value["title"]),
        "dct:description": _texts(value["description"]),
        "dct:hasPart": [
            {"@type": "dpv:PersonalData", "dct:title": _texts(item["title"])}
            for item in value["items"]
        ],
        "dpv:hasDataSource": list(_sources(notice, value["source"])),
    }
    storage = list(_storage(notice, value))
    return {**made, "dpv:hasStorageCondition": storage} if storage else made


def _sources(notice: Notice, names: Iterable[str]) -> Iterable[dict[str, Any]]:
    known = {one["id"]: one for one in notice.completed["sources"]}
    for name in names:
        kind = _SOURCES.get(known[name]["party"], "dpv:DataSource")
        yield {"@type": kind, "dct:title": _texts(known[name]["title"])}


def _storage(notice: Notice, value: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    told = zip(*(facts.kept(notice, value, locale) for locale in notice.locales), strict=True)
    for same in told:
        texts = [
            {"@language": locale, "@value": one.text}
            for locale, one in zip(notice.locales, same, strict=True)
        ]
        made: dict[str, Any] = {"@type": "dpv:StorageDuration", "dct:description": texts}
        if same[0].duration is not None:
            length = {"@value": same[0].duration, "@type": "xsd:duration"}
            made["dpv:hasDuration"] = length
        yield made


def _recipient(value: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@id": f"#{anchors.recipient(value['id'])}",
        "@type": ["dpv:Recipient", *([_ROLES[value["role"]]] if value["role"] in _ROLES else [])],
        "dpv:hasName": _texts(value["name"]),
        "dpv:hasLocation": [_location(code) for code in facts.countries(value)],
    }
    if "description" in value:
        made["dct:description"] = _texts(value["description"])
    if "url" in value:
        made["dpv:hasContact"] = [value["url"]]
    safeguards = [_safeguard(one) for one in parties.several(value.get("transfer"))]
    return {**made, "dpv:hasLegalBasis": safeguards} if safeguards else made


def _safeguard(transfer: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": _TOOLS.get(transfer.get("tool", ""), _TRANSFER)}
    if "countries" in transfer:
        made["dpv:hasLocation"] = [_location(code) for code in transfer["countries"]]
    for member in ("decision", "text"):
        if member in transfer:
            made["dct:description"] = _texts(transfer[member])
    return made


def _right(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": f"#{anchors.right(value['id'])}",
        "@type": _RIGHTS.get(value["id"], "dpv:DataSubjectRight"),
        "dct:title": _texts(value["title"]),
        "dct:description": _texts(value["description"]),
    }


def _location(code: str) -> dict[str, str]:
    return {"@id": f"loc:{code}"}


def _id(place: str) -> dict[str, str]:
    return {"@id": f"#{place}"}


def _texts(words: Words) -> list[dict[str, str]]:
    return [{"@language": locale, "@value": text} for locale, text in words.items()]
