"""A notice for programs: in DPV (JSON-LD) and in TILT, whatever the notice leaves out."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html
from infra import notice as command
from infra.notice_document import EXAMPLES
from infra.notice_dpv import CONTEXT, dpv
from infra.notice_facts import covering, duration
from infra.notice_tilt import tilt
from tests.unit.core.samples import ASSOCIATION, SHIPPED, association, association_document
from tests.unit.notices.optional import leaner
from tests.unit.writing.tilt_schema import TILT

WRITTEN = (*EXAMPLES.glob("*.json"), *SHIPPED.parent.glob("*.json"), ASSOCIATION)
DOCUMENTS = {path.stem: path for path in sorted(WRITTEN)}
VALIDATOR = Draft7Validator(TILT, format_checker=FormatChecker())


@cache
def notice_of(name: str) -> Notice:
    return compile_notice(json.loads(DOCUMENTS[name].read_text("utf-8")), STORED)


@cache
def lean() -> dict[str, Notice]:
    """Notices that lack one thing each."""
    found = {}
    for name, document in leaner(association_document()).items():
        try:
            found[name] = compile_notice(document, STORED)
        except NoticeRefused:
            continue
    return found


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON-LD document."""
    if isinstance(value, dict):
        yield value
        for name, inner in value.items():
            if name != "@context":
                yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def check_dpv(notice: Notice) -> None:
    document = dpv(notice)
    assert json.loads(json.dumps(document)) == document
    prefixes = {name: iri for name, iri in CONTEXT.items() if isinstance(iri, str)}
    defined = {one["@id"] for one in nodes(document) if "@id" in one and len(one) > 1}
    for one in nodes(document):
        kinds = one.get("@type", [])
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            assert kind.partition(":")[0] in prefixes
        for name in one:
            assert name.startswith("@") or name.partition(":")[0] in prefixes
        if one.keys() == {"@id"} and one["@id"].startswith("#"):
            assert one["@id"] in defined
        if "@language" in one:
            assert one.keys() == {"@language", "@value"}
            assert one["@language"] in notice.locales
            assert one["@value"]
    assert len(document["dpv:hasProcess"]) == len(notice.purposes)
    assert len(document["dpv:hasPersonalData"]) == len(notice.categories)
    assert len(document["dpv:hasRecipient"]) == len(notice.recipients)
    assert len(document["dpv:hasRight"]) == len(notice.rights)


def check_tilt(notice: Notice, locale: str) -> None:
    document = tilt(notice, locale)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    told = document["dataDisclosed"]
    assert [one["_id"] for one in told] == list(notice.categories)
    for one in told:
        used = [p for p in notice.purposes.values() if one["_id"] in p.categories]
        assert [p["purpose"] for p in one["purposes"]] == [p.title[locale] for p in used]


def test_the_schema_of_tilt_is_one() -> None:
    Draft7Validator.check_schema(TILT)
    assert list(VALIDATOR.iter_errors({}))
    whole = tilt(association(), "en")
    for name in whole:
        without = {key: value for key, value in whole.items() if key != name}
        assert list(VALIDATOR.iter_errors(without))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_notice_is_written_in_both_formats(name: str) -> None:
    notice = notice_of(name)
    check_dpv(notice)
    for locale in notice.locales:
        check_tilt(notice, locale)


def test_nothing_that_may_be_left_out_is_needed() -> None:
    assert len(lean()) > 50
    for notice in lean().values():
        check_dpv(notice)
        check_tilt(notice, "en")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nodes_have_the_addresses_of_the_page(name: str) -> None:
    notice = notice_of(name)
    page = render_html(notice, notice.locales[0])
    places = set(re.findall(r' id="([^"]+)"', page))
    named = {one["@id"] for one in nodes(dpv(notice)) if str(one.get("@id", "")).startswith("#")}
    told = {one[1:] for one in named if not re.search("-purpose$|^#controller-[0-9]+$", one)}
    assert told <= places


def test_bases_are_articles_and_what_is_not_stated_is_none() -> None:
    document = association_document()
    purpose = document["purposes"][0]
    process = dpv(association())["dpv:hasProcess"]
    kinds = {one["@id"]: [basis["@type"] for basis in one["dpv:hasLegalBasis"]] for one in process}
    for one in association().purposes.values():
        letter = {"consent": "a", "contract": "b", "legal_obligation": "c"}.get(one.basis, "f")
        assert kinds[f"#purpose-{one.id}"] == [f"eu-gdpr:A6-1-{letter}"]
    assert purpose["basis"]["kind"]


def test_two_bases_and_one_that_is_not_stated_are_written_as_they_are() -> None:
    notice = association()
    completed = copy.deepcopy(dict(notice.completed))
    first, second = completed["purposes"][:2]
    first["basis"] = [
        {"origin": "law", "kind": "public_task", "act": {"en": "Act of 1998"}},
        {"origin": "law", "kind": "vital_interests"},
    ]
    second["basis"] = {"origin": "controller_choice", "to_confirm": True}
    changed = replace(notice, completed=completed)
    one, two = dpv(changed)["dpv:hasProcess"][:2]
    assert [basis["@type"] for basis in one["dpv:hasLegalBasis"]] == [
        "eu-gdpr:A6-1-e",
        "eu-gdpr:A6-1-d",
    ]
    assert one["dpv:hasLegalBasis"][0]["dct:description"][0]["@value"] == "Act of 1998"
    assert two["dpv:hasLegalBasis"] == []


def test_a_special_category_has_its_condition() -> None:
    document = association_document()
    document["categories"][0]["special"] = "health"
    used = document["categories"][0]["id"]
    for one in document["purposes"]:
        if used in one["categories"]:
            one["basis"] |= {"condition": "legal_claims"}
    notice = compile_notice(document, STORED)
    check_dpv(notice)
    check_tilt(notice, "en")
    told = {one["@id"]: one for one in dpv(notice)["dpv:hasPersonalData"]}
    assert told[f"#category-{used}"]["@type"] == "dpv:SpecialCategoryPersonalData"
    for one in dpv(notice)["dpv:hasProcess"]:
        bases = [basis["@type"] for basis in one["dpv:hasLegalBasis"]]
        special = {"@id": f"#category-{used}"} in one["dpv:hasPersonalData"]
        assert ("eu-gdpr:A9-2-f" in bases) == special
    disclosed = {one["_id"]: one for one in tilt(notice, "en")["dataDisclosed"]}
    references = {
        name: [basis["reference"] for basis in one["legalBases"]] for name, one in disclosed.items()
    }
    assert {name for name, found in references.items() if "GDPR-9-2-f" in found} == {used}


def test_bases_that_name_their_data_cover_that_alone() -> None:
    notice = association()
    completed = copy.deepcopy(dict(notice.completed))
    purpose = completed["purposes"][0]
    named, *others = purpose["categories"]
    purpose["basis"] = [
        {"origin": "law", "kind": "vital_interests", "categories": [named]},
        {"origin": "law", "kind": "public_task"},
    ]
    assert [one["kind"] for one in covering(purpose, named)] == ["vital_interests"]
    kinds = [[one["kind"] for one in covering(purpose, name)] for name in others]
    assert all(found == ["public_task"] for found in kinds)


def test_a_transfer_has_its_safeguard() -> None:
    found = {one["country"]: one for one in tilt(association(), "en")["thirdCountryTransfers"]}
    assert found["CH"]["adequacyDecision"]["available"] is True
    assert found["CH"]["standardDataProtectionClause"]["available"] is False
    hosts = [one for one in dpv(association())["dpv:hasRecipient"] if "dpv:hasLegalBasis" in one]
    assert [one["dpv:hasLegalBasis"][0]["@type"] for one in hosts] == ["eu-gdpr:A45-3"]


@pytest.mark.parametrize(
    ("period", "written"),
    [
        ({"years": 2, "months": 6}, "P2Y6M"),
        ({"days": 7}, "P7D"),
        ({"hours": 12}, "PT12H"),
        ({"days": 0}, "P0D"),
    ],
)
def test_a_length_of_time_is_that_of_iso_8601(period: dict[str, int], written: str) -> None:
    assert duration(period) == written


def test_a_later_version_has_a_greater_number() -> None:
    versions = ("2026-11-22", "2026-11-22.1", "2026-11-22.10", "2026-11-23")
    numbers = []
    for version in versions:
        other = replace(association(), version=version)
        numbers.append(tilt(other, "en")["meta"]["version"])
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ("dpv", ["notice.dpv.jsonld"]),
        ("tilt", ["notice.en.tilt.json", "notice.it.tilt.json"]),
    ],
)
def test_the_command_writes_the_format_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
    files: list[str],
) -> None:
    monkeypatch.setattr(command, "WRITTEN", folder := tmp_path / "written")
    assert command.main([str(SHIPPED), form]) == 0
    assert sorted(path.name for path in folder.iterdir()) == files
    told = capsys.readouterr().out
    assert all(f"wrote {folder / name}" in told for name in files)
    for name in files:
        assert json.loads((folder / name).read_text("utf-8"))


def test_another_format_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "WRITTEN", tmp_path / "written")
    assert command.main([str(SHIPPED), "xml"]) == 1
    assert capsys.readouterr().err == "FORMAT=xml: is none of dpv, tilt.\n"
    assert not (tmp_path / "written").exists()


def test_a_language_without_a_code_of_two_letters_has_no_tilt() -> None:
    other = replace(association(), locales=("roh",))
    with pytest.raises(ValueError, match="roh"):
        tilt(other, "roh")
