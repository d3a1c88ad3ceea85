"""What a body may hold: declared items in their normal form, of one kind, with an origin."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.records import model
from chalicelib.records.contract import OPERATIONS, RECORD
from chalicelib.records.model import Handed, Named
from chalicelib.web.validation import findings
from tests.unit.core.samples import NOW, shipped

SUBJECT = "a" * 26
AT = "2026-11-22T15:00:00Z"
OTHERS: dict[str, Any] = {
    "subject": SUBJECT,
    "category": "third_parties",
    "fields": {"from_partners": "A lead."},
    "origin": "Partner Srl",
    "occurred_at": AT,
}
CARD = "4111 1111 1111 1111"


def read(**members: Any) -> Handed | tuple[Any, ...]:
    body = {name: value for name, value in {**OTHERS, **members}.items() if value is not None}
    return model.read(shipped(), body, NOW)


def kept(**members: Any) -> Handed:
    found = read(**members)
    assert isinstance(found, Handed)
    return found


def wrong(**members: Any) -> dict[str, str]:
    found = read(**members)
    assert isinstance(found, tuple)
    return {one.pointer: one.detail for one in found}


def test_the_kind_follows_from_the_category_and_the_fields() -> None:
    assert kept().kind == "external"
    for category, fields, kind in (
        ("support", {"phone_number": "+39 06 1234567"}, "call"),
        ("support", {"call_recording": "calls/17"}, "recording"),
        ("device", {"browser_type": "Firefox"}, "device"),
        ("transaction", {"other_needed": "Invoice 17"}, "transaction"),
    ):
        assert kept(category=category, fields=fields).kind == kind
    both = {"phone_number": "+39 06 1234567", "call_recording": "calls/17"}
    assert set(wrong(category="support", fields=both)) == {"/fields"}


def test_values_are_kept_in_their_normal_form() -> None:
    call = {
        "phone_number": "+39 06 1234567",
        "call_time": "2026-11-22T16:00:00+01:00",
        "call_duration": 90,
    }
    assert kept(category="support", fields=call).fields == {
        "phone_number": "+39061234567",
        "call_time": "2026-11-22T15:00:00.000Z",
        "call_duration": 90,
    }


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
    ],
)
def test_the_address_of_a_device_is_shortened(address: str, short: str) -> None:
    assert kept(category="device", fields={"ip_address": address}).fields == {"ip_address": short}
    whole = kept(category="transaction", fields={"ip_address": address}).fields["ip_address"]
    assert whole == address


@pytest.mark.parametrize(
    ("category", "name", "value"),
    [
        ("support", "call_duration", "90"),
        ("support", "call_duration", True),
        ("support", "call_duration", 10**15),
        ("support", "call_time", "2026-11-22"),
        ("support", "call_time", "2026-11-22T16:00:00"),
        ("support", "phone_number", "none"),
        ("support", "call_recording", "DATA:audio/wav;base64,x"),
        ("support", "call_recording", "a\nb"),
        ("device", "ip_address", "198.51.100"),
        ("device", "country_preference", "ITA"),
        ("device", "referring_page", "ftp://example.org"),
        ("device", "browser_type", "x" * 501),
        ("device", "browser_type", 7),
        ("device", "browser_type", "\x07"),
        ("device", "browser_type", " \u202e "),
        ("third_parties", "from_users", ""),
        ("third_parties", "from_users", ["x"]),
        ("third_parties", "origin", "somebody"),
        ("third_parties", "browser_type", "of another category"),
    ],
)
def test_a_value_of_another_form_is_named(category: str, name: str, value: Any) -> None:
    body = {**OTHERS, "category": category, "fields": {name: value}}
    found = model.read(shipped(), body, NOW)
    assert isinstance(found, tuple)
    pointers = {one.pointer for one in found}
    schema = {one.pointer for one in findings(RECORD.body_schema(shipped) or {}, body)}
    assert pointers | schema == {f"/fields/{name}"}


def test_an_origin_is_needed_where_the_person_gives_no_such_data() -> None:
    assert "is required" in wrong(origin=None)["/origin"]
    call = kept(category="support", fields={"call_recording": "x"}, origin=None)
    assert model.party(call.origin, shipped()) == "subject"
    assert model.party("Partner Srl", shipped()) == "third_party"
    assert model.party("others", shipped()) == "third_party"
    assert model.party("devices", shipped()) == "observed"


def test_a_record_that_would_be_over_is_refused() -> None:
    recording = {"category": "support", "fields": {"call_recording": "x"}}
    assert kept(**recording, occurred_at="2026-08-25T16:00:00Z").occurred_at < NOW
    assert set(wrong(**recording, occurred_at="2026-08-24T15:00:00Z")) == {"/occurred_at"}
    assert kept(occurred_at="2001-01-01T00:00:00Z")  # its end begins with an event
    assert set(wrong(occurred_at="2026-11-23T00:00:00Z")) == {"/occurred_at"}


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "1899-12-31T23:59:59Z"]
)
def test_a_moment_before_anybody_was_born_is_refused(at: str) -> None:
    assert set(wrong(occurred_at=at)) == {"/occurred_at"}
    assert [one.pointer for one in model.moved({"at": at}, NOW)] == ["/at"]


def test_a_text_that_was_damaged_on_its_way_is_refused() -> None:
    assert set(wrong(origin="Partner \ufffd")) == {"/origin"}
    assert set(wrong(fields={"from_users": "\ufffd"})) == {"/fields/from_users"}


def test_a_clock_that_is_a_little_ahead_is_no_mistake() -> None:
    assert kept(occurred_at="2026-11-22T16:03:00Z").occurred_at == NOW


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"fields": {"from_users": CARD}}, "/fields/from_users"),
        ({"fields": {"from_users": f"Ada {CARD} King"}}, "/fields/from_users"),
        ({"fields": {"from_users": 4111111111111111}}, "/fields/from_users"),
        ({"fields": {"from_users": [CARD]}}, "/fields/from_users"),
        ({"fields": {CARD: "x"}}, "/fields"),
        ({"fields": {f"A {CARD}": CARD}}, "/fields"),
        ({"origin": CARD}, "/origin"),
        ({"purpose": CARD}, "/purpose"),
        ({"category": CARD}, "/category"),
        ({"subject": CARD}, "/subject"),
        ({CARD: "x"}, ""),
        ({"more": CARD}, ""),
    ],
)
def test_the_number_of_a_card_is_refused_and_not_repeated(
    members: dict[str, Any], pointer: str
) -> None:
    found = read(**members)
    assert isinstance(found, tuple)
    assert (pointer, model.CARD) in [(one.pointer, one.detail) for one in found]
    body = {**OTHERS, **members}
    told = findings(RECORD.body_schema(shipped) or {}, body)
    said = str(found) + str([(one.pointer, one.detail) for one in told])
    assert "4111 1111" not in said
    assert "41111111" not in said


def test_a_moment_is_no_card_however_its_digits_fall() -> None:
    for digit in range(10):
        at = f"2026-11-22T15:00:00.12345{digit}+00:00"
        fields = {"call_time": at}
        assert kept(category="support", fields=fields, occurred_at=at).kind == "call"


@pytest.mark.parametrize("value", [None, 7, "x", [], [{}], True])
def test_any_value_of_another_shape_is_left_to_the_schema(value: Any) -> None:
    assert model.read(shipped(), value, NOW) == ()
    assert findings(RECORD.body_schema(shipped) or {}, value) != ()
    for name in OTHERS:
        model.read(shipped(), {**OTHERS, name: value}, NOW)


def test_more_fields_than_fifty_are_refused() -> None:
    body = {**OTHERS, "fields": {f"f{number}": "x" for number in range(51)}}
    told = {one.pointer for one in findings(RECORD.body_schema(shipped) or {}, body)}
    assert "/fields" in told


@pytest.mark.parametrize(
    "text", ["", "call", "call.support", f"job.x.{'a' * 26}", f"call.support.{'A' * 26}", "a" * 128]
)
def test_what_is_no_name_names_nothing(text: str) -> None:
    assert model.named(text) is None


def test_a_name_is_read_as_it_is_written() -> None:
    one = Named("external", f"third_parties.{'a' * 26}")
    assert model.named(str(one)) == one


def test_each_operation_says_its_limit_and_its_scope() -> None:
    for operation in OPERATIONS:
        assert operation.scope == "records"
        assert {401, 403, 409, 429} <= operation.problems
