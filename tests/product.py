"""The notice that tests of the product start from: a made-up organisation's, for tests alone.

It stands in `tests/documents` and is nobody's example, so that no test of what the software does
depends on what an organisation says: `tests/unit/documents/test_product_apart.py` sees to it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

PRODUCT: Final[Path] = Path(__file__).parent / "documents" / "product.json"


def product_document() -> dict[str, Any]:
    """Its document, fresh for a test that changes it."""
    document: dict[str, Any] = json.loads(PRODUCT.read_text("utf-8"))
    return document
