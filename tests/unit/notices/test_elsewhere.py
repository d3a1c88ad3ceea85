"""What a person is told of data from elsewhere: under any notice, with whatever it leaves out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import chalicelib.notices
from chalicelib.catalogue import STORED
from chalicelib.notices import elsewhere
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.parties import several
from tests.product import PRODUCT
from tests.unit.core.samples import ASSOCIATION

DOCUMENTS = sorted((Path(chalicelib.notices.__file__).parent / "documents").glob("*.json"))
OTHERS = sorted(PRODUCT.parent.glob("*.json"))
ALWAYS = {"controller", "categories", "rights", "complaint", "automated"}


def compiled(path: Path) -> Notice:
    return compile_notice(json.loads(path.read_text("utf-8")), STORED)


def texts(told: dict[str, Any]) -> list[str]:
    found = list[str]()
    for value in told.values():
        found += value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return found


@pytest.mark.parametrize("path", [*DOCUMENTS, *OTHERS, ASSOCIATION], ids=lambda one: one.stem)
def test_any_notice_tells_it_in_each_of_its_languages(path: Path) -> None:
    notice = compiled(path)
    origins = [*(one["id"] for one in notice.completed["sources"]), "Partner Srl"]
    for locale in notice.locales:
        for origin in origins:
            for category in notice.categories:
                told = elsewhere.told(notice, origin, [category], locale)
                assert all(told[name] for name in ALWAYS), (origin, category)
                assert all(one and "\n" not in one for one in texts(told))
                assert told["how"]
                said = " ".join(told["controller"])
                for one in several(notice.completed["controller"]):
                    assert one["name"] in said
                    assert one.get("email", "") in said
                authorities = " ".join(told["complaint"])
                for one in several(notice.completed["complaint"].get("authority")):
                    assert (one if isinstance(one, str) else one["name"]) in authorities


def test_a_source_is_named_with_what_the_notice_says_of_it() -> None:
    notice = compiled(PRODUCT)
    others = next(one for one in notice.completed["sources"] if one["id"] == "others")
    told = elsewhere.told(notice, "others", ["third_parties"], "en")
    assert (told["origin"], told["public"]) == (others["title"]["en"], False)
    assert told["source"] == others["description"]["en"]
    unknown = elsewhere.told(notice, "Ada\tKing ", ["third_parties"], "en")
    assert (unknown["origin"], unknown["source"]) == ("Ada King", None)


def test_a_public_source_is_said_to_be_one() -> None:
    document = json.loads(PRODUCT.read_text("utf-8"))
    for one in document["sources"]:
        if one["id"] == "others":
            one["party"], one["url"] = "public", "https://register.example"
            one["name"] = "Company register"
            del one["description"]
    told = elsewhere.told(compile_notice(document, STORED), "others", ["third_parties"], "en")
    assert told["public"] is True
    assert told["source"] == "Company register https://register.example"


def test_several_categories_are_told_apart() -> None:
    notice = compiled(PRODUCT)
    one = elsewhere.told(notice, "others", ["third_parties"], "en")
    two = elsewhere.told(notice, "others", ["third_parties", "device"], "en")
    title = notice.text(notice.categories["third_parties"].title, "en")
    assert not any(line.startswith(title) for line in one["kept"])
    assert any(line.startswith(title) for line in two["kept"])
    assert len(two["purposes"]) > len(one["purposes"])
    assert two["categories"] == [
        notice.text(notice.categories[name].title, "en")
        for name in notice.categories
        if name in ("third_parties", "device")
    ]
