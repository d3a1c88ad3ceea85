"""Forms of pages, sent as a browser sends them that shows the page."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from tests.functions.api import Api
from tests.functions.strangers import FORM

SAME = {"Sec-Fetch-Site": "same-origin"}


def pressed(api: Api, path: str, locale: str = "en", **fields: str) -> requests.Response:
    """The answer to a form at a path of ours; the redirect is not followed."""
    data = urlencode({"once": secrets.token_urlsafe(32), **fields})
    return api.post(path, headers={**FORM, **SAME, "Accept-Language": locale}, data=data)


def led_to(api: Api, answer: requests.Response) -> str:
    """The path and the word of the page that a form led to, such as `/sign-in verified`."""
    assert answer.status_code == 303, answer.text
    to = urlsplit(answer.headers["Location"].removeprefix(api.base_url))
    return f"{to.path} {dict(parse_qsl(to.query)).get('done', '')}".strip()
