"""The record of processing activities as one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.notices.processing.activities import (
    activities,
    arrangements,
    controllers,
    general_unconfirmed,
    security,
)
from chalicelib.notices.processing.model import Activity, Controller, Held, Receiver
from chalicelib.notices.rendering.words import Wording


def report_json(notice: Notice, locale: str) -> bytes:
    """Returns the record in UTF-8, in the form of `PROCESSING` in the contract.

    Parts that all activities share, the controller and the security measures, stand once.
    """
    first, *others = [_controller(one) for one in controllers(notice, locale)]
    record = {
        "version": notice.version,
        "digest": notice.digest,
        "effective_at": instant(notice.effective_at),
        "locale": Wording(notice, locale).locale,
        "controller": first,
        "other_controllers": others,
        "arrangements": list(arrangements(notice, locale)),
        "security": list(security(notice, locale)),
        "activities": [_activity(found) for found in activities(notice, locale)],
        "unconfirmed": general_unconfirmed(notice),
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _controller(found: Controller) -> dict[str, Any]:
    return {
        **asdict(found.party),
        "representative": asdict(found.representative) if found.representative else None,
        "dpo": asdict(found.dpo) if found.dpo else None,
    }


def _activity(found: Activity) -> dict[str, Any]:
    return {
        "purpose": found.purpose,
        "title": found.title,
        "description": found.description,
        "basis": asdict(found.basis),
        "subjects": list(found.subjects),
        "categories": [_held(one) for one in found.categories],
        "recipients": [_receiver(one) for one in found.recipients],
        "kept": list(found.kept),
        "unconfirmed": list(found.unconfirmed),
    }


def _held(found: Held) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "special": found.special,
        "items": list(found.items),
        "retention": {
            "text": found.kept,
            "limits": [
                {
                    "rule": limit.rule,
                    "record": limit.record,
                    "period": limit.period,
                    "from": limit.starts,
                    "then": limit.then,
                }
                for limit in found.limits
            ],
        },
    }


def _receiver(found: Receiver) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "role": found.role,
        "role_text": found.role_text,
        "countries": list(found.countries),
        "place": found.place,
        "items": None if found.items is None else list(found.items),
        "transfer": asdict(found.transfer) if found.transfer else None,
    }
