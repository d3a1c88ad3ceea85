"""Forms of pages, sent as a browser sends them that shows the page."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from chalicelib.web.pages import cookie
from tests.functions.api import HTML, Api
from tests.functions.strangers import FORM

SAME = {"Sec-Fetch-Site": "same-origin"}


def pressed(api: Api, path: str, locale: str = "en", **fields: str) -> requests.Response:
    """The answer to a form at a path of ours; the redirect is not followed."""
    data = urlencode({"once": secrets.token_urlsafe(32), **fields})
    return api.post(path, headers={**FORM, **SAME, "Accept-Language": locale}, data=data)


def kept(session: str) -> dict[str, str]:
    """The header of a browser that keeps a session."""
    return {"Accept": HTML, "Cookie": f"{cookie.NAME}={session}"}


def pressed_by(api: Api, session: str, path: str, **fields: str) -> requests.Response:
    """The answer to a form of who is signed in, which creates nothing."""
    data = urlencode({"form": cookie.form_token(session), **fields})
    return api.post(path, headers={**FORM, **SAME, **kept(session)}, data=data)


def led_to(api: Api, answer: requests.Response) -> str:
    """The path and the word of the page that a form led to, such as `/sign-in verified`."""
    assert answer.status_code == 303, answer.text
    to = urlsplit(answer.headers["Location"].removeprefix(api.base_url))
    return f"{to.path} {dict(parse_qsl(to.query)).get('done', '')}".strip()
