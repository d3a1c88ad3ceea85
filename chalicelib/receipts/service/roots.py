"""Signs the roots of reports on retention with the key of receipts."""

from collections.abc import Mapping
from typing import Any


def sign(content: Mapping[str, Any]) -> str:
    """Returns the signed root of a report. One KMS call, and one in a process's life."""
    from chalicelib.receipts import signature

    return signature.signed(content, signature.RETENTION)
