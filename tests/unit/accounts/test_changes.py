"""Corrections of a profile: how they are read, and what becomes of the profile."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.model import (
    Changes,
    Registration,
    changed,
    read_changes,
    read_registration,
)
from chalicelib.accounts.service.forms import FORM
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from tests.unit.core.samples import association, shipped

Read = Changes | tuple[Finding, ...]
ADDRESS = "/profile/identity/email"


def read(profile: object, notice: Notice | None = None) -> Read:
    asked = notice or shipped()
    return read_changes(asked, asked.forms[FORM], {"profile": profile})


def details(found: Read) -> dict[str, str]:
    """What is said, by pointer."""
    assert isinstance(found, tuple), found
    return {one.pointer: one.detail for one in found}


def test_values_are_read_in_their_normal_form() -> None:
    profile = {
        "identity": {"name": "  Ada ", "phone": "+39 06 1234 5678"},
        "company": {"email": "info@Example.COM"},
    }
    assert read(profile) == {
        "identity": {"name": "Ada", "phone": "+390612345678"},
        "company": {"email": "info@example.com"},
    }


def test_null_removes_a_field() -> None:
    assert read({"identity": {"phone": None, "name": "Ada"}}) == {
        "identity": {"phone": None, "name": "Ada"}
    }


def test_what_the_form_requires_cannot_be_removed() -> None:
    found = read({"member": {"full_name": None}}, association())
    assert details(found) == {"/profile/member/full_name": "is required"}
    assert read({"plot": {"number": None}}, association()) == {"plot": {"number": None}}
    blank = read({"member": {"full_name": " "}}, association())
    assert details(blank) == {"/profile/member/full_name": "must not be blank"}


@pytest.mark.parametrize("value", ["bob@example.com", "", "nobody", None])
def test_the_address_is_moved_by_proving_another(value: str | None) -> None:
    assert details(read({"identity": {"email": value}})) == {
        ADDRESS: "is changed by proving another address"
    }


def test_another_address_of_the_profile_is_another_matter() -> None:
    assert read({"company": {"email": None}}) == {"company": {"email": None}}


def test_everything_wrong_is_told_at_once_and_nothing_is_repeated() -> None:
    profile = {
        "identity": {"name": "Love\x00lace", "phone": "0612345", "email": "zz@example.com"},
        "company": {"name": "two\nlines", "email": None},
    }
    found = details(read(profile))
    assert set(found) == {
        "/profile/identity/name",
        "/profile/identity/phone",
        ADDRESS,
        "/profile/company/name",
    }
    assert not [value for value in ("Love", "0612345", "zz") if value in "".join(found.values())]


SHAPES: list[Any] = [
    None,
    [],
    "x",
    1,
    {},
    {"profile": None},
    {"profile": []},
    {"profile": {"identity": None}},
    {"profile": {"identity": ["name"]}},
    {"profile": {"identity": {"name": 1, "phone": {}, "email": True}}},
    {"profile": {"identity": {"shoe_size": "37"}, "nowhere": {"name": "x"}}},
]


@pytest.mark.parametrize("body", SHAPES, ids=repr)
def test_other_shapes_are_left_to_the_schema(body: Any) -> None:
    notice = shipped()
    assert read_changes(notice, notice.forms[FORM], body) == {}


FIELDS = sorted(ref for ref in shipped().forms[FORM].required | shipped().forms[FORM].optional)
VALUES = (
    st.none()
    | st.sampled_from(["Ada", " x ", "+390612345678", "a@b.it", "\x00"])
    | st.text(max_size=20)
)
PROFILES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6).map(
    lambda given: {
        category: {ref.field: value for ref, value in given.items() if ref.category == category}
        for category in {ref.category for ref in given}
    }
)


@given(PROFILES)
def test_what_was_read_is_read_the_same_again(profile: dict[str, Any]) -> None:
    found = read(profile)
    if not isinstance(found, tuple):
        assert read(found) == found
        assert {(category, name) for category in found for name in found[category]} == {
            (category, name) for category in profile for name in profile[category]
        }


@given(PROFILES)
def test_what_registration_takes_can_be_corrected_to(profile: dict[str, Any]) -> None:
    notice, body = shipped(), {"email": "ada@example.com", "profile": profile}
    registered = read_registration(notice, notice.forms[FORM], body)
    if isinstance(registered, Registration):
        given = {category: dict(fields) for category, fields in registered.profile.items()}
        del given["identity"]["email"]
        assert read(given) == {category: fields for category, fields in given.items() if fields}


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["profile", "identity", "company", "name", "email", "phone"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON | st.fixed_dictionaries({"profile": JSON}))
def test_no_body_breaks_the_reading(body: Any) -> None:
    notice = shipped()
    found = read_changes(notice, notice.forms[FORM], body)
    assert isinstance(found, tuple | dict)


NAMES, TEXTS = st.sampled_from(["a", "b", "c"]), st.text("xy", min_size=1, max_size=2)
STORED = st.dictionaries(NAMES, st.dictionaries(NAMES, TEXTS, min_size=1))
CHANGES = st.dictionaries(NAMES, st.dictionaries(NAMES, st.none() | TEXTS))


@given(STORED, CHANGES)
def test_a_profile_is_what_it_was_but_for_the_changes(
    profile: dict[str, dict[str, str]], changes: dict[str, dict[str, str | None]]
) -> None:
    before = deepcopy((profile, changes))
    after = changed(profile, changes)
    assert (profile, changes) == before
    for category in "abc":
        for name in "abc":
            was = profile.get(category, {}).get(name)
            becomes = changes.get(category, {}).get(name, was)
            assert after.get(category, {}).get(name) == becomes


@given(STORED, CHANGES)
def test_nothing_empty_is_kept_and_a_change_is_made_once(
    profile: dict[str, dict[str, str]], changes: dict[str, dict[str, str | None]]
) -> None:
    after = changed(profile, changes)
    assert all(after.values())
    assert changed(after, changes) == after
    assert changed(after, {}) == after


def test_the_last_field_takes_its_category_along() -> None:
    profile = {"identity": {"name": "Ada"}, "company": {"name": "Engines"}}
    assert changed(profile, {"company": {"name": None}}) == {"identity": {"name": "Ada"}}
