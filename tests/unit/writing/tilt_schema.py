"""What TILT 2.0 asks of a document, written down as a JSON Schema from the facts of its own.

The format is that of https://github.com/Transparency-Information-Language/schema (MIT licence,
copyright 2020 Elias Grünewald), as of its version 2.0. Where 2.0 asks for less than version 1 did
(descriptions of what is not available), this schema asks for what both want.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNTRY: Schema = {"type": "string", "pattern": "^[A-Z][A-Z]$"}
EMAIL: Schema = {"type": "string", "format": "email"}
PHONE: Schema = {"type": "string", "pattern": r"^[+]*[(]{0,1}[0-9]{1,4}[)]{0,1}[-\s\./0-9]*$"}
ADDRESS: Schema = {"type": "string", "format": "uri-reference", "minLength": 1}
MOMENT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$",
}


def listed(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def having(needed: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **(optional or {})},
    }


ADDRESSES = listed(ADDRESS, minItems=1, uniqueItems=True)
NAMED = having({"name": TEXT, "email": EMAIL}, {"phone": PHONE})
AVAILABLE = having({"available": FLAG, "description": TEXT})
RIGHT = having(
    {"available": FLAG, "description": TEXT},
    {"url": ADDRESSES, "email": EMAIL, "identificationEvidences": listed(TEXT)},
)

META = having(
    {
        "_id": TEXT,
        "name": TEXT,
        "created": MOMENT,
        "modified": MOMENT,
        "version": {"type": "integer", "minimum": 1},
        "language": {"type": "string", "pattern": "^[a-z]{2}$"},
        "status": {"enum": ["active", "inactive"]},
        "url": ADDRESSES,
        "_hash": {"type": "string", "minLength": 64, "maxLength": 64},
    }
)

STORAGE = having(
    {
        "temporal": listed(
            having({"description": TEXT, "ttl": {"type": "string", "pattern": "^P[0-9A-Z]+$"}})
        ),
        "purposeConditional": listed(TEXT),
        "legalBasisConditional": listed(TEXT),
        "aggregationFunction": TEXT,
    }
)

DISCLOSED = having(
    {
        "_id": TEXT,
        "category": listed(TEXT, minItems=1),
        "purposes": listed(having({"purpose": TEXT, "description": TEXT})),
        "legalBases": listed(
            having(
                {
                    "reference": {"type": "string", "pattern": "^[A-Z]+(-[0-9]+|-[a-z]+)*$"},
                    "description": TEXT,
                }
            )
        ),
        "legitimateInterests": listed(having({"exists": FLAG, "reasoning": TEXT})),
        "recipients": listed(
            having({"category": TEXT}, {"name": TEXT, "country": COUNTRY, "domain": ADDRESS})
        ),
        "storage": listed(STORAGE),
        "nonDisclosure": having(
            {
                "legalRequirement": FLAG,
                "contractualRegulation": FLAG,
                "obligationToProvide": FLAG,
                "consequences": TEXT,
            }
        ),
    }
)

SOURCES = having(
    {
        "_id": TEXT,
        "dataCategory": TEXT,
        "sources": listed(
            having(
                {
                    "description": TEXT,
                    "url": listed(ADDRESS, minItems=1),
                    "publiclyAvailable": FLAG,
                },
                {"origin": {"enum": ["received", "observed", "inferred"]}},
            )
        ),
    }
)

TILT: Schema = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **having(
        {
            "meta": META,
            "controller": having(
                {"name": TEXT, "address": TEXT, "country": COUNTRY, "representative": NAMED},
                {"url": ADDRESSES},
            ),
            "dataProtectionOfficer": having(
                {"name": TEXT, "address": TEXT, "country": COUNTRY, "email": EMAIL},
                {"phone": PHONE},
            ),
            "dataDisclosed": listed(DISCLOSED),
            "thirdCountryTransfers": listed(
                having(
                    {
                        "country": COUNTRY,
                        "adequacyDecision": AVAILABLE,
                        "appropriateGuarantees": AVAILABLE,
                        "presenceOfEnforceableRightsAndEffectiveRemedies": AVAILABLE,
                        "standardDataProtectionClause": AVAILABLE,
                    }
                )
            ),
            "accessAndDataPortability": {
                **RIGHT,
                **having(
                    {
                        "available": FLAG,
                        "description": TEXT,
                        "administrativeFee": having(
                            {
                                "amount": {"type": "number"},
                                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                            }
                        ),
                        "dataFormats": listed(TEXT),
                    }
                ),
            },
            "sources": listed(SOURCES),
            "rightToInformation": RIGHT,
            "rightToRectificationOrDeletion": RIGHT,
            "rightToDataPortability": RIGHT,
            "rightToWithdrawConsent": RIGHT,
            "rightToComplain": having(
                {
                    "available": FLAG,
                    "description": TEXT,
                    "supervisoryAuthority": having({"name": TEXT}),
                }
            ),
            "automatedDecisionMaking": having(
                {"inUse": FLAG, "logicInvolved": TEXT, "scopeAndIntendedEffects": TEXT}
            ),
            "changesOfPurpose": listed(
                having(
                    {
                        "description": TEXT,
                        "affectedDataCategories": listed(TEXT),
                        "plannedDateOfChange": MOMENT,
                        "urlOfNewVersion": TEXT,
                    }
                )
            ),
        }
    ),
}
