"""Verdicts about receipts as JSON, as the contract has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.receipts.model import Kept, Verdict


def verdict_shown(verdict: Verdict, kept: Sequence[Kept] | None = None) -> dict[str, Any]:
    """Returns a verdict; of the receipt of an erasure also what is still kept."""
    shown: dict[str, Any] = {
        "valid": verdict.valid,
        "reason": None if verdict.reason is None else str(verdict.reason),
        "content": verdict.content,
    }
    if kept is not None:
        shown["kept"] = [
            {"kind": one.kind, "ground": one.ground, "ends_at": one.ends_at, "gone": one.gone}
            for one in kept
        ]
    return shown
