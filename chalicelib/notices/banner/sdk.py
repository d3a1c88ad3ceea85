"""The banner's script as it is served: with the catalogue inside, or under its own digest."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("sdk.js")
"""The script, written to be read: what is served is the source."""

NAME: Final = "sdk.js"
"""The name under which the script is served with the catalogue inside."""

PLACE: Final = "/* catalogue */ null"
"""The text, once in the source, in whose place the catalogue stands."""

VERSION: Final = "/* version */"
"""The text, once in the source, in whose place the version stands: the source's digest."""

_ESCAPED: Final = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Characters that no script holds, so that it can stand in a page as well as in a file."""


@cache
def source() -> bytes:
    """Returns the script without a catalogue: it fetches `GET /v1/cookies` itself."""
    written = SOURCE.read_bytes()
    version = hashlib.sha256(written).hexdigest()[:12]
    return written.replace(VERSION.encode(), f"/* Version {version}. */".encode(), 1)


@cache
def source_name() -> str:
    """Returns the name of the script without a catalogue, which other contents do not have."""
    return f"sdk-{hashlib.sha256(source()).hexdigest()[:32]}.js"


def integrity() -> str:
    """Returns the script's subresource integrity (W3C, Subresource Integrity, section 3.5)."""
    from base64 import b64encode

    return "sha384-" + b64encode(hashlib.sha384(source()).digest()).decode()


def with_catalogue(catalogue: bytes, evidence: Mapping[str, str]) -> bytes:
    """Returns the script with the catalogue inside.

    `catalogue` is the body of `GET /v1/cookies`; `evidence` is the header of that answer in each of
    the notice's locales, which stands in it as one member more.
    """
    value = {**json.loads(catalogue), "evidence": dict(evidence)}
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    return source().replace(PLACE.encode(), text.encode(), 1)


def tag(base: str) -> str:
    """Returns the element by which a page pins the script that is served at an address."""
    address = f"{base}/v1/{source_name()}"
    return (
        f'<script src="{address}" integrity="{integrity()}" crossorigin="anonymous" async></script>'
    )


if __name__ == "__main__":
    sys.stdout.write(tag("https://privacy.example.org") + "\n")
