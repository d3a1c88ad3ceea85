"""Notices: the one in force, any version, the cookie catalogue."""

from chalice.app import Blueprint

from chalicelib.errors import NotFound
from chalicelib.notices import service as notices
from chalicelib.notices.banner import sdk
from chalicelib.notices.contract import banner
from chalicelib.notices.contract import versions as contract
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import (
    banner_script,
    changed,
    cookies,
    in_force,
    mark,
    verbatim,
    version_listed,
)
from chalicelib.notices.service import evidence
from chalicelib.web.app import lambda_handler
from chalicelib.web.conditional import tag_of
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import notices as pages

connect()
bp = Blueprint(__name__)

_BRIEFLY = "public, max-age=60"
_LONG = "public, max-age=86400"


@route(bp, contract.NOTICE)
def get_notice(call: Call) -> Answer:
    """200 with the notice in force, in the reader's language and form."""
    notice, announced = notices.current(), notices.announced()
    locale = call.locale(notice.locales)
    body = in_force(notice, locale, call.media_type, announced, _audience(call, notice))
    return Answer(200, body, _headers(notice, locale, _BRIEFLY, body), call.media_type)


@route(bp, contract.VERSIONS)
def list_notices(call: Call) -> Answer:
    """200 with a page of versions, newest first."""
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = notices.versions(after["id"] if after else None, limit)
    items: list[Json] = [version_listed(one, notices.status_listed(one)) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.VERSION)
def get_version(call: Call, version: str) -> Answer:
    """200 with one version: in JSON the document itself, byte for byte what the digest covers."""
    notice = notices.version(version)
    locale = call.locale(notice.locales)
    body = verbatim(notice, locale, call.media_type, _audience(call, notice))
    return Answer(200, body, _headers(notice, locale, _LONG, body), call.media_type)


@route(bp, contract.CHANGES)
def get_changes(call: Call, version: str) -> Answer:
    """200 with what a version changed since an earlier one, by its effect on people."""
    before, after = notices.compared(version, call.query.get("since"))
    locale = call.locale(after.locales)
    body = changed(before, after, locale, call.media_type)
    headers = {
        "Cache-Control": _LONG,
        "Content-Language": locale,
        "ETag": tag_of(body.decode()),
        "Vary": "Accept, Accept-Language",
    }
    return Answer(200, body, headers, call.media_type)


@route(bp, contract.COOKIES)
def get_cookies(call: Call) -> Answer:
    """200 with the cookies in use and the banner's words."""
    notice = notices.current()
    locale = call.locale(notice.locales)
    body = cookies(notice)
    return Answer(200, body, _headers(notice, locale, _BRIEFLY, body))


@route(bp, banner.BANNER)
def get_banner(_call: Call, script: str) -> Answer:
    """200 with the script: with the catalogue, or alone under its digest. 404 for other names."""
    if script == sdk.source_name():
        return _script(sdk.source(), banner.FOR_GOOD)
    if script != sdk.NAME:
        raise NotFound("There is nothing at this address.")
    notice = notices.current()
    proofs = tuple((locale, evidence.made(notice, locale)) for locale in notice.locales)
    return _script(banner_script(notice, proofs), banner.BRIEFLY)


def _script(body: bytes, caching: str) -> Answer:
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": caching,
        "ETag": f'"{mark(body)}"',
        "Vary": "Accept-Encoding",
    }
    return Answer(200, body, headers, banner.JAVASCRIPT)


def _audience(call: Call, notice: Notice) -> str | None:
    """Returns the audience whose parts come first; None where the notice knows no such one."""
    asked = call.query.get("audience")
    return next(
        (asked for one in notice.completed.get("audiences", ()) if one["id"] == asked), None
    )


def _headers(notice: Notice, locale: str, caching: str, body: bytes) -> dict[str, str]:
    # One version has other bytes with an announcement above it, or in the words of another release.
    return {
        "Cache-Control": caching,
        "Content-Language": locale,
        "ETag": f'"{notice.digest[:16]}-{locale}-{mark(body)}"',
        "Vary": "Accept, Accept-Language",
        "Riserbo-Notice-Version": notice.version,
        "Riserbo-Notice-Evidence": evidence.made(notice, locale),
    }


handler = lambda_handler((bp, pages.bp), "notices")
