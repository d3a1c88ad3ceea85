"""The banner in the cost book: its script, and a choice that it sends."""

from __future__ import annotations

import secrets

from chalicelib.notices import service as notices
from chalicelib.notices.banner import sdk
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.service import evidence
from tests.bench.operation import Operation
from tests.bench.world import Run, World, done

WARM, KNOWN, COLD, ALONE, CHOICE = (
    "banner script, warm",
    "banner script, not modified",
    "banner script, cold",
    "banner script, by its digest",
    "capture by banner",
)


def _script(world: World, name: str = sdk.NAME, **headers: str) -> Run:
    at = {"script": name}
    return world.http("notices", "GET", "/v1/{script}", headers=headers, at=at)


def _warm(world: World) -> Run:
    done(_script(world)(), 200)
    return _script(world)


def _known(world: World) -> Run:
    tag = done(_script(world)(), 200)["headers"]["ETag"]
    return _script(world, **{"If-None-Match": tag})


def _cold(world: World) -> Run:
    """Without evidence in memory: of each language one is made in an hour."""
    evidence._known.clear()
    return _script(world)


def _choice(world: World) -> Run:
    """A new browser refuses advertising and agrees to the rest, as the script sends it."""
    notice = notices.current()
    classes = [one for one in cookie_catalogue(notice)["classes"] if not one["exempt"]]
    asked = [purpose for one in classes for purpose in one["purposes"]]
    body = {
        "notice_version": notice.version,
        "decisions": dict.fromkeys(asked, "granted") | {asked[-1]: "denied"},
        "source": "banner",
        "locale": "en",
        "event_id": secrets.token_urlsafe(24),
        "evidence": evidence.made(notice, "en"),
        "first": True,
    }
    headers = {"Riserbo-Visitor": secrets.token_urlsafe(24)}
    return world.http("consents", "POST", "/v1/consents", body=body, headers=headers)


OPERATIONS = (
    Operation(WARM, "notices", _warm, 200),
    Operation(KNOWN, "notices", _known, 304),
    Operation(COLD, "notices", _cold, 200, cold=True, compiles=True),
    Operation(ALONE, "notices", lambda w: _script(w, sdk.source_name()), 200),
    Operation(CHOICE, "consents", _choice, 201),
)
