"""The cookie of the pages' session is among the notice's, whoever wrote the document."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.compiler.session_cookie import with_session_cookie
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.requests.service.access import IN_BROWSER
from chalicelib.web.pages.cookie import NAME
from tests.product import product_document

ASSOCIATION = json.loads(Path(__file__).with_name("association.json").read_text("utf-8"))


def catalogue(document: dict[str, Any]) -> dict[str, Any]:
    return cookie_catalogue(compile_notice(document, STORED))


def named(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in found["cookies"] if one["name"] == NAME]


def test_a_document_that_declares_it_is_left_as_it_is() -> None:
    document = product_document()
    (own,) = [one for one in document["cookies"]["cookies"] if one["name"] == NAME]
    (told,) = named(catalogue(document))
    assert told["title"] == own["title"]


def test_the_software_declares_it_where_the_document_does_not() -> None:
    found = catalogue(ASSOCIATION)
    (told,) = named(found)
    assert told["class"] == "technical"
    assert told["lifetime"] == {"days": 30}, "as long as a session lasts"
    assert told["party"] == "first"
    assert told["title"] == {"en": "Sign-in"}
    assert told["purpose"] in found["purposes"]


@pytest.mark.parametrize("lacks", ["cookies", "classes"])
def test_it_has_a_class_of_its_own_where_there_is_none(lacks: str) -> None:
    document = copy.deepcopy(ASSOCIATION)
    if lacks == "cookies":
        del document["cookies"]
    else:
        document["cookies"] = {"classes": [], "cookies": []}
    found = catalogue(document)
    (told,) = named(found)
    (group,) = found["classes"]
    assert (told["class"], group["exempt"]) == (group["id"], True)
    assert found["banner"] is None


def test_where_nobody_is_registered_it_keeps_a_request_open_for_a_day() -> None:
    document = copy.deepcopy(ASSOCIATION)
    document["forms"] = []
    found = catalogue(document)
    (told,) = named(found)
    assert told["title"] == {"en": "Open request"}
    assert told["lifetime"] == {"days": IN_BROWSER.days} == {"days": 1}
    assert found["banner"] == catalogue(ASSOCIATION)["banner"]
    del document["cookies"]
    (told,) = named(catalogue(document))
    assert told["purpose"] == "rights_and_proof"


def test_without_a_purpose_for_it_there_is_none() -> None:
    document = copy.deepcopy(ASSOCIATION)
    document["forms"] = []
    document["purposes"] = [
        one for one in document["purposes"] if one["basis"]["kind"] != "legal_obligation"
    ]
    assert NAME not in json.dumps(with_session_cookie(document, [], Silent()) or {})


class Silent:
    """Has no words."""

    def of(self, file: str, name: str, **filled: str) -> dict[str, str]:
        return {}
