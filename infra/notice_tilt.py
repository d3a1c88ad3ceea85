"""A notice in TILT, the Transparency Information Language, version 2.0, in one language.

https://github.com/Transparency-Information-Language/schema describes the format (MIT licence).
Where TILT wants a text that the notice does not state, it gets the words that the controller did
not state it; where it wants a country, `ZZ`, which ISO 3166 leaves to whoever does not know one;
where it wants an e-mail address, the organisation's, at which every right can be used, or one
under `invalid`, which RFC 2606 keeps from everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from chalicelib.instants import instant
from chalicelib.notices import parties
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages.languages import primary
from infra import notice_facts as facts

_NOWHERE: Final = "ZZ"
_NOBODY: Final = "not-stated@notice.invalid"
_PHONE: Final = re.compile(r"\+*\(?[0-9]{1,4}\)?[-\s./0-9]*")
"""The telephone numbers that TILT's schema takes."""

_GUARANTEES: Final = ("binding_rules", "code_of_conduct", "certification", "standard_clauses")
_ORIGINS: Final = {"subject": "received", "observed": "observed"}


def tilt(notice: Notice, locale: str) -> dict[str, Any]:
    """Returns the notice as a TILT document in a language of the notice.

    Raises ValueError for a language whose tag begins with three letters: TILT has no code for it.
    """
    if len(primary(locale)) != 2:
        raise ValueError(f"TILT has no code for the language {locale}")
    return _Export(notice, locale).document()


class _Export:
    """A notice on its way into TILT, in one language."""

    def __init__(self, notice: Notice, locale: str) -> None:
        self._notice = notice
        self._wording = Wording(notice, locale)
        self._completed = notice.completed
        self._first = parties.controllers(notice.completed)[0]
        self._unstated = self._wording.label("mark_not_stated")
        self._page = f"/v1/notices/{notice.version}"

    def document(self) -> dict[str, Any]:
        rights = {value["id"]: value for value in self._completed["rights"]}
        access = self._right(rights, ("copy", "port"))
        return {
            "meta": self._meta(),
            "controller": self._controller(),
            "dataProtectionOfficer": self._officer(),
            "dataDisclosed": [self._disclosed(one) for one in self._completed["categories"]],
            "thirdCountryTransfers": list(self._transfers()),
            "accessAndDataPortability": {
                **access,
                "administrativeFee": {"amount": 0, "currency": "EUR"},
                "dataFormats": ["json"],
            },
            "sources": [self._sources(one) for one in self._completed["categories"]],
            "rightToInformation": self._right(rights, ("copy",)),
            "rightToRectificationOrDeletion": self._right(rights, ("rectify", "erase")),
            "rightToDataPortability": self._right(rights, ("port",)),
            "rightToWithdrawConsent": self._right(rights, ("withdraw",)),
            "rightToComplain": self._complaint(),
            "automatedDecisionMaking": self._decisions(),
            "changesOfPurpose": list(self._changes()),
        }

    def _meta(self) -> dict[str, Any]:
        notice, (day, _, number) = self._notice, self._notice.version.partition(".")
        since = instant(notice.effective_at)
        return {
            "_id": f"{notice.digest}-{self._wording.locale}",
            "name": self._first["name"],
            "created": since,
            "modified": since,
            # The day and the number on it, so that a later version has a greater one.
            "version": int(day.replace("-", "")) * 100 + int(number or 0),
            "language": primary(self._wording.locale),
            "status": "active",
            "url": [self._page],
            "_hash": notice.digest,
        }

    def _controller(self) -> dict[str, Any]:
        found = self._first
        represented = found.get("representative", {})
        addresses = [f"https://{host}" for host in self._completed["site"]["hosts"]]
        return {
            **self._party(found),
            "representative": {
                "name": represented.get("name") or self._text(represented),
                "email": _one(represented, "email") or self._email(),
                **_phone(represented),
            },
            **({"url": addresses} if addresses else {}),
        }

    def _officer(self) -> dict[str, Any]:
        return self._party(self._first.get("dpo", {}))

    def _party(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": found.get("name") or self._text(found),
            "address": _one(found, "address") or self._unstated,
            "country": found.get("country", _NOWHERE),
            "email": _one(found, "email") or self._email(),
            **_phone(found),
        }

    def _text(self, found: Mapping[str, Any]) -> str:
        return self._wording.words(found["text"]) if "text" in found else self._unstated

    def _email(self) -> str:
        return parties.mailbox(self._completed) or _NOBODY

    def _disclosed(self, category: Mapping[str, Any]) -> dict[str, Any]:
        name, wording = category["id"], self._wording
        purposes = facts.purposes_of(self._notice, name)
        bases = [basis for one in purposes for basis in facts.covering(one, name)]
        kinds = {basis.get("kind") for basis in bases}
        return {
            "_id": name,
            "category": [wording.words(category["title"])],
            "purposes": [
                {
                    "purpose": wording.words(one["title"]),
                    "description": wording.words(one["description"]),
                }
                for one in purposes
            ],
            "legalBases": _unique(
                [
                    *(self._basis(one) for one in bases if "kind" in one),
                    *(self._conditions(purposes) if "special" in category else ()),
                ]
            ),
            "legitimateInterests": _unique(
                {"exists": True, "reasoning": wording.words(one["interest"])}
                for one in bases
                if "interest" in one
            ),
            "recipients": [self._recipient(one) for one in facts.recipients_of(self._notice, name)],
            "storage": [self._storage(category)],
            "nonDisclosure": {
                "legalRequirement": "legal_obligation" in kinds,
                "contractualRegulation": "contract" in kinds,
                "obligationToProvide": facts.demanded(self._notice, name),
                "consequences": facts.refusal(self._notice, name, wording.locale),
            },
        }

    def _basis(self, basis: Mapping[str, Any]) -> dict[str, Any]:
        told = self._wording.label(f"basis_{basis['kind']}")
        if "act" in basis:
            told = self._wording.pair(told, self._wording.words(basis["act"]))
        return {"reference": f"GDPR-{facts.ARTICLES[basis['kind']][1:]}", "description": told}

    def _conditions(self, purposes: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
        for purpose in purposes:
            for name in facts.conditions(self._notice, purpose):
                yield {
                    "reference": f"GDPR-{facts.CONDITIONS[name][1:]}",
                    "description": self._wording.label(f"condition_{name}"),
                }

    def _recipient(self, value: Mapping[str, Any]) -> dict[str, Any]:
        places = [one for one in facts.countries(value) if len(one) == 2]
        return {
            "name": self._wording.words(value["name"]),
            "category": self._wording.label(f"role_{value['role']}"),
            **({"country": places[0]} if places else {}),
            **({"domain": value["url"]} if "url" in value else {}),
        }

    def _storage(self, category: Mapping[str, Any]) -> dict[str, Any]:
        told = list(facts.kept(self._notice, category, self._wording.locale))
        return {
            "temporal": [
                {"description": one.text, "ttl": one.duration}
                for one in told
                if one.duration is not None
            ],
            "purposeConditional": [one.text for one in told if one.duration is None],
            "legalBasisConditional": [],
            "aggregationFunction": "max",
        }

    def _transfers(self) -> Iterable[dict[str, Any]]:
        for value in self._completed["recipients"]:
            for country, transfer in facts.transfers(value):
                yield {"country": country, **self._safeguards(transfer)}

    def _safeguards(self, transfer: Mapping[str, Any]) -> dict[str, Any]:
        tool, text = transfer.get("tool"), self._text(transfer)
        told = self._wording.label(f"tool_{tool}") if tool else text
        if "decision" in transfer:
            told = self._wording.pair(told, self._wording.words(transfer["decision"]))
        return {
            "adequacyDecision": _available(tool == "adequacy", told),
            "appropriateGuarantees": _available(tool in _GUARANTEES, told),
            "presenceOfEnforceableRightsAndEffectiveRemedies": _available(
                tool in _GUARANTEES, text
            ),
            "standardDataProtectionClause": _available(tool == "standard_clauses", told),
        }

    def _sources(self, category: Mapping[str, Any]) -> dict[str, Any]:
        known = {one["id"]: one for one in self._completed["sources"]}
        return {
            "_id": category["id"],
            "dataCategory": self._wording.words(category["title"]),
            "sources": [
                {
                    "description": self._wording.words(found.get("description", found["title"])),
                    "url": [found["url"]] if "url" in found else [self._page],
                    "publiclyAvailable": found["party"] == "public",
                    "origin": _ORIGINS.get(found["party"], "received"),
                }
                for found in (known[one] for one in category["source"])
            ],
        }

    def _right(
        self, rights: Mapping[str, Mapping[str, Any]], names: tuple[str, ...]
    ) -> dict[str, Any]:
        found = [rights[name] for name in names if name in rights]
        told = " ".join(
            self._wording.words(value[member])
            for value in found
            for member in ("description", "how")
            if member in value
        )
        return {
            "available": bool(found),
            "description": told or self._unstated,
            "email": self._email(),
            "identificationEvidences": [],
        }

    def _complaint(self) -> dict[str, Any]:
        found = self._completed["complaint"]
        return {
            "available": True,
            "description": self._wording.words(found["text"]),
            "identificationEvidences": [],
            "supervisoryAuthority": {"name": _named(found.get("authority")) or self._unstated},
        }

    def _decisions(self) -> dict[str, Any]:
        used = [one for one in self._completed["purposes"] if one["automated"] == "solely"]
        logic = [self._text(one["logic"]) for one in used if "logic" in one]
        said = self._text(self._completed.get("automated_decisions", {}))
        return {
            "inUse": bool(used),
            "logicInvolved": " ".join(logic) or said,
            "scopeAndIntendedEffects": said,
        }

    def _changes(self) -> Iterable[dict[str, Any]]:
        titles = {
            one["id"]: self._wording.words(one["title"]) for one in self._completed["categories"]
        }
        for value in self._completed["purposes"]:
            if "basis_change" in value:
                yield {
                    "description": self._wording.words(value["basis_change"]["ground"]),
                    "affectedDataCategories": [titles[name] for name in value["categories"]],
                    "plannedDateOfChange": instant(self._notice.effective_at),
                    "urlOfNewVersion": self._page,
                }


def _named(stated: Any) -> str:
    """Returns the name of an authority, or of the first of several; else ""."""
    first = next(iter(parties.several(stated)), "")
    return str(first["name"] if isinstance(first, Mapping) else first)


def _one(found: Mapping[str, Any], name: str) -> str:
    """Returns the first address of a kind of a party; "" where it states none."""
    return next((str(one) for one in parties.several(found.get(name))), "")


def _available(available: bool, text: str) -> dict[str, Any]:
    return {"available": available, "description": text if available else ""}


def _phone(found: Mapping[str, Any]) -> dict[str, str]:
    phone = _one(found, "phone")
    return {"phone": phone} if _PHONE.fullmatch(phone) else {}


def _unique(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in values:
        if one not in found:
            found.append(one)
    return found
