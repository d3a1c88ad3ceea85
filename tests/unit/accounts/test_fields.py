from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.model import Registration, read_registration
from chalicelib.accounts.service.forms import FORM
from chalicelib.errors import Finding
from tests.unit.core.samples import association, shipped

Fields = dict[str, Any]
EMAIL = "ada@example.com"


def read(profile: object, email: object = EMAIL) -> Registration | tuple[Finding, ...]:
    notice = shipped()
    return read_registration(notice, notice.forms[FORM], {"email": email, "profile": profile})


def normal(category: str, field: str, value: str) -> str:
    """A value as it would be stored."""
    found = read({category: {field: value}})
    assert isinstance(found, Registration), found
    return found.profile[category][field]


def refused(category: str, field: str, value: str) -> str:
    """What is said about a value that is refused, and only about it."""
    found = read({category: {field: value}})
    assert isinstance(found, tuple), found
    assert [one.pointer for one in found] == [f"/profile/{category}/{field}"]
    return found[0].detail


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("+390612345678", "+390612345678"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+39 (06) 1234-5678", "+390612345678"),
        (" +39.06.1234.5678 ", "+390612345678"),
        ("+39 347 123 4567", "+393471234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+1 212 555 0100", "+12125550100"),
        ("tel:+390612345678", "+390612345678"),
        ("＋３９０６１２３４５６７８", "+390612345678"),
    ],
)
@pytest.mark.parametrize("field", ["phone", "mobile", "fax"])
def test_a_phone_number_is_stored_in_e_164(given: str, stored: str, field: str) -> None:
    assert normal("identity", field, given) == stored
    assert normal("identity", field, stored) == stored


EXTENDED = [
    "+39 06 1234 5678 ext. 12",
    "+39 06 1234 5678 ext 12",
    "+39 06 1234 5678 Extension: 12",
    "tel:+390612345678;ext=12",
    "tel:+39-06-1234-5678;ext=12",
    "+39 06 1234 5678 int. 12",
    "+39 06 1234 5678 interno 12",
    "+39 06 1234 5678 (int. 12)",
    "(+39) 06 12345678 x12",
    "+390612345678x12",
    "+39 06 12345678 #12",
    "+39 06 12345678, 12",
    "+390612345678,,12#",
    "+390612345678;12",
    "+39 06 1234 5678 доб. 12",
    "+39 06 1234 5678 ｅｘｔ. １２",
    "+39 06 1234 5678 ext ١٢",
]


@pytest.mark.parametrize("given", EXTENDED)
def test_a_phone_number_keeps_its_extension(given: str) -> None:
    stored = normal("identity", "phone", given)
    assert stored == "+390612345678;ext=12"
    assert normal("identity", "phone", stored) == stored


@pytest.mark.parametrize(
    "given",
    [
        "+39 06 1234 5678 / +39 06 8765 4321",
        "+39 06 12345678/79",
        "+39 06 12345678 - 79",
        "+39 06/12345678/79",
        "+39 06 1234 5678, 347 1234567",
        "+39 06 1234 5678; +39 347 1234567",
        "+39 06 1234 5678 o 347 1234567",
        "+39 06 1234 5678 and +39 347 1234567",
        "+39 06 1234 5678 ext 12-13",
        "+39 06 1234 5678 ext 12 ext 13",
        "+39 06 1234 5678 (Mario)",
        "+39 06 1234 casa",
        "+1 800 FLOWERS",
        "tel:+12125550100;isub=12",
        "tel:+12125550100;phone-context=example.com",
    ],
)
def test_what_is_more_than_a_number_is_refused_and_never_cut(given: str) -> None:
    assert refused("identity", "phone", given).startswith("must be one number, alone;")


@pytest.mark.parametrize("given", ["+39 06/12345678", "+39 06 - 1234 5678", "+39 06 1234–5678"])
def test_an_area_code_may_stand_apart(given: str) -> None:
    assert normal("identity", "phone", given) == "+390612345678"


DIGITS = st.text("0123456789", min_size=1, max_size=14)
PHONES = st.tuples(
    st.sampled_from(["+39", "+44", "+1", "tel:+49", "(+39)"]),
    st.lists(DIGITS, min_size=1, max_size=3).map(" ".join),
    st.sampled_from(
        ["", " ", ",", ";", "/", " / ", " - ", " ext ", "x", " o ", "#", ";ext=", " a"]
    ),
    st.sampled_from(["", "1", "12", "12345", "+39061234567", "3471234567"]),
).map("".join)


@given(PHONES)
def test_no_digit_of_a_number_is_lost(given: str) -> None:
    found = read({"identity": {"phone": given}})
    if isinstance(found, Registration):
        stored = found.profile["identity"]["phone"]
        kept = re.sub("[^0-9]", "", stored)
        said = re.sub("[^0-9]", "", given)
        # The digit that dials a trunk at home, as in +44 (0)20, is no part of the number (E.164).
        trunks = [kept[:at] + trunk + kept[at:] for at in (1, 2) for trunk in "01"]
        assert said in (kept, *trunks)
        assert normal("identity", "phone", stored) == stored


@pytest.mark.parametrize(
    "given",
    [
        "06 1234 5678",
        "00390612345678",
        "+999 1234567",
        "+39 3",
        "phone",
        "+",
        "+39",
        "+39" + "1" * 20,
    ],
)
def test_what_is_no_phone_number(given: str) -> None:
    assert "country code" in refused("identity", "phone", given)


@pytest.mark.parametrize(
    "blank",
    [
        *(
            " ",
            "\t",
            "\n",
            "\r\n",
            "\u00a0",
            "\u3000",
            "\u200b",
            "\u00ad",
            "\u2060",
            "\ufeff",
            "\u2028",
        ),
        *("\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\ufe0f", "\u034f", "\u061c", "\u180e"),
        *(
            "\u17b4",
            "\u202e",
            "\u2066",
            "\U000e0041",
            "\U000e0100",
            "\U0001d173",
            "\u0301",
            "\u20dd",
        ),
        *("\u0903", "\u3164 \u2800", "\u200d\ufe0f\u0301", "\ufff0", "\u2065"),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("field", ["name", "address"])
def test_a_blank_value_is_none(field: str, blank: str) -> None:
    assert refused("identity", field, blank) == "must not be blank"


CONTROLS = [
    *(chr(code) for code in range(0x20) if chr(code) not in "\n\r"),
    *(chr(code) for code in range(0x7F, 0xA0)),
    "\u2028",
    "\u2029",
    "\ud800",
]


@pytest.mark.parametrize("field", ["name", "address"])
@pytest.mark.parametrize("character", CONTROLS, ids=ascii)
def test_control_characters_are_refused(character: str, field: str) -> None:
    said = refused("identity", field, f"Ada{character}Lovelace")
    assert said == "must not contain control characters"


def test_a_line_break_is_for_long_texts() -> None:
    assert normal("identity", "address", "Via Roma 1\n20121 Milano") == "Via Roma 1\n20121 Milano"
    for end in ("\r\n", "\r"):  # as forms of browsers send it
        assert normal("identity", "address", f"Via Roma 1{end}20121 Milano").splitlines() == [
            "Via Roma 1",
            "20121 Milano",
        ]
        assert "\r" not in normal("identity", "address", f"Via Roma 1{end}{end}20121 Milano")
    for end in ("\n", "\r\n", "\r"):
        assert refused("identity", "name", f"Ada{end}Lovelace") == "must be one line"


@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "Renée D'Àlba-Øster",
        "李小龙",
        "محمد",
        "👩‍👩‍👧",
        "김\u3164철수",
        "e\u0301lodie",
        "塚\ufa10",
        "⠁",
        "<script>alert(1)</script>",
        "Robert'); --",
    ],
)
def test_names_are_stored_as_they_are_written(text: str) -> None:
    assert normal("identity", "name", f"  {text} ") == text


@given(st.text(max_size=200))
def test_no_text_breaks_a_field(text: str) -> None:
    for category, field in (("identity", "name"), ("identity", "phone"), ("company", "email")):
        found = read({category: {field: text}})
        if isinstance(found, tuple):
            assert all(text not in one.detail for one in found if len(text) > 40)


def pointers(found: Registration | tuple[Finding, ...]) -> set[str]:
    assert isinstance(found, tuple), found
    return {one.pointer for one in found}


def test_everything_wrong_is_told_at_once() -> None:
    profile = {
        "identity": {"name": " ", "phone": "12", "title": "a\x00b", "address": "Via Roma 1"},
        "company": {"email": "nobody", "name": "two\nlines"},
    }
    assert pointers(read(profile, "not an address")) == {
        "/email",
        "/profile/identity/name",
        "/profile/identity/phone",
        "/profile/identity/title",
        "/profile/company/email",
        "/profile/company/name",
    }


def test_the_address_of_the_form_is_the_email() -> None:
    found = read({"identity": {"name": "Ada"}}, "Ada@Example.com")
    assert isinstance(found, Registration)
    assert found.address == "Ada@example.com"
    assert found.profile == {"identity": {"name": "Ada", "email": "Ada@example.com"}}


def test_an_address_in_the_profile_has_to_be_the_same() -> None:
    assert pointers(read({"identity": {"email": "bob@example.com"}})) == {"/profile/identity/email"}
    found = read({"identity": {"email": EMAIL}})
    assert isinstance(found, Registration)
    assert found.profile["identity"]["email"] == EMAIL


def test_another_address_of_the_profile_is_another_matter() -> None:
    found = read({"company": {"email": "info@Example.COM"}})
    assert isinstance(found, Registration)
    assert found.profile["company"] == {"email": "info@example.com"}
    assert found.profile["identity"] == {"email": EMAIL}


def member(profile: Fields, email: str = EMAIL) -> Registration | tuple[Finding, ...]:
    notice = association()
    return read_registration(notice, notice.forms[FORM], {"email": email, "profile": profile})


def test_the_form_says_which_fields_are_required() -> None:
    assert pointers(member({})) == {"/profile/member/full_name"}
    assert pointers(member({}, "x")) == {"/email", "/profile/member/full_name"}
    assert pointers(member({"member": {"full_name": " "}})) == {"/profile/member/full_name"}
    found = member({"member": {"full_name": "Ada Lovelace"}, "plot": {"number": "12B"}})
    assert isinstance(found, Registration)
    assert found.profile == {
        "member": {"full_name": "Ada Lovelace", "mail": EMAIL},
        "plot": {"number": "12B"},
    }


def test_a_finding_never_repeats_a_value() -> None:
    profile = {"identity": {"name": "Lovelace\x00", "phone": "0612345", "email": "zz@example.com"}}
    found = read(profile, "ada lovelace")
    assert isinstance(found, tuple)
    said = " ".join(one.detail + one.pointer for one in found)
    for value in ("Lovelace", "lovelace", "0612345", "zz@"):
        assert value not in said


@pytest.mark.parametrize("body", [None, [], "x", 1, {"email": 1}, {"email": None, "profile": []}])
def test_other_shapes_are_left_to_the_schema_without_an_error(body: Any) -> None:
    notice = shipped()
    found = read_registration(notice, notice.forms[FORM], body)
    assert isinstance(found, Registration | tuple)


@pytest.mark.parametrize("profile", [None, [], "x", {"identity": None}, {"identity": {"name": 1}}])
def test_a_profile_of_another_shape_is_left_to_the_schema(profile: Any) -> None:
    found = read(profile)
    assert isinstance(found, Registration)
    assert found.profile == {"identity": {"email": EMAIL}}


SEEN = [("identity", "name"), ("identity", "address"), ("company", "email"), ("company", "phone")]


@given(st.text(max_size=60))
def test_a_normal_form_is_its_own_and_keeps_what_can_be_seen(text: str) -> None:
    for category, field in SEEN[:2]:
        found = read({category: {field: text}})
        if isinstance(found, Registration):
            stored = found.profile[category][field]
            assert normal(category, field, stored) == stored
            assert "".join(stored.split()) == "".join(text.split())
        else:
            assert not unicodedata.is_normalized("NFC", text) or not text.isalpha() or text == ""
