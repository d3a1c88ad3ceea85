"""The notice that tests of the product start from, whoever's it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from infra.notice_document import EXAMPLE

PRODUCT: Final[Path] = EXAMPLE


def product_document() -> dict[str, Any]:
    """Its document, fresh for a test that changes it."""
    document: dict[str, Any] = json.loads(PRODUCT.read_text("utf-8"))
    return document
