"""The answer of a handler."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.web.contract import JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a status, a body and headers.

    `body` is a JSON value for JSON media types, else text or its UTF-8 bytes; bytes are sent as
    they are. None with status 204 or 304 sends nothing. A `page` of the privacy centre is for its
    own site alone: it gets no headers that let other sites read it.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON
    page: bool = False

    def text(self) -> str:
        """Returns the body as text."""
        if isinstance(self.body, bytes):
            return self.body.decode()
        if self.status in (204, 304):
            return ""
        if isinstance(self.body, str) and not self.media_type.endswith("json"):
            return self.body
        if self.body is None and not self.media_type.endswith("json"):
            return ""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
