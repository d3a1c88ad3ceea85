"""The notice as people and programs get it."""

from __future__ import annotations

import hashlib
import re

import pytest
import rfc8785

from tests.functions.api import HTML, JSON, MARKDOWN, Api, ok, problem
from tests.functions.stack import DeployedStack


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


class TestNotice:
    @pytest.mark.parametrize("locale", ["it", "en"])
    @pytest.mark.parametrize("form", [JSON, HTML, MARKDOWN])
    def test_comes_in_every_form_and_language(self, api: Api, form: str, locale: str) -> None:
        accept = {"Accept": form, "Accept-Language": locale}
        answer = api.get("/v1/notice", headers=accept)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == form
        assert answer.headers["Content-Language"] == locale
        assert answer.headers["Riserbo-Notice-Version"] == api.notice_version()
        assert re.fullmatch(
            rf"1\.[0-9.-]+\.{locale}\.[0-9T-]+\.[0-9a-f]{{64}}",
            answer.headers["Riserbo-Notice-Evidence"],
        )
        assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
        assert answer.headers["Cache-Control"] == "public, max-age=60"  # a CDN may hold it
        marker = {"it": "dati personali", "en": "personal data"}[locale]
        assert marker in answer.content.decode().lower()

    def test_has_an_etag_of_its_own_for_each_form_and_language(self, api: Api) -> None:
        tags = set()
        for form in (JSON, HTML, MARKDOWN):
            for locale in ("it", "en"):
                accept = {"Accept": form, "Accept-Language": locale}
                tag = api.get("/v1/notice", headers=accept).headers["ETag"]
                again = api.get("/v1/notice", headers={**accept, "If-None-Match": tag})
                assert (again.status_code, again.content) == (304, b"")
                assert again.headers["ETag"] == tag
                tags.add(tag)
        assert len(tags) == 6

    def test_the_language_of_the_address_goes_before_the_browsers(self, api: Api) -> None:
        answer = api.get("/v1/notice?lang=en", headers={"Accept-Language": "it"})
        assert answer.headers["Content-Language"] == "en"

    def test_italian_is_what_strangers_get(self, api: Api) -> None:
        answer = api.get("/v1/notice", headers={"Accept-Language": "fi"})
        assert answer.headers["Content-Language"] == "it"

    def test_the_version_is_byte_for_byte_what_its_digest_covers(self, api: Api) -> None:
        listed = ok(api.get("/v1/notices"))["items"]
        one = ok(api.get(f"/v1/notices/{listed[0]['version']}"))
        canonical = rfc8785.dumps(one["document"])
        assert hashlib.sha256(canonical).hexdigest() == one["digest"] == listed[0]["digest"]
        problem(api.get("/v1/notices/1999-01-01"), 404)
