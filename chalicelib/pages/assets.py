"""The script that pages load, and the hashes of the styles that they hold."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).with_name("script.js")
"""The one script of all pages."""

JAVASCRIPT: Final = "text/javascript"
"""The media type of the script (RFC 9239)."""

FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""The caching of what has another address when it changes: a year (RFC 8246)."""

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@cache
def script() -> bytes:
    """Returns the script, UTF-8."""
    return SCRIPT.read_bytes()


@cache
def script_name() -> str:
    """Returns the name under which the script is served: its SHA-256, and `.js`.

    Other contents have another name, so a browser may keep what it has for good.
    """
    return f"{hashlib.sha256(script()).hexdigest()[:32]}.js"


def style_sources(page: str) -> str:
    """Returns the sources of a page's styles for its policy (CSP Level 3, section 6.7.3.1).

    They are the hashes of the style elements in the page's head; 'none' where it has no style.
    """
    head = page.partition("</head>")[0]
    return " ".join(map(_source, _STYLE.findall(head))) or "'none'"


@lru_cache(maxsize=16)
def _source(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
