"""What the bodies of registering and of proving an address must be, beyond their schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.contract.registration import REGISTER, VERIFY
from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.password_rules import Unfit
from chalicelib.web.contract import Operation
from chalicelib.web.validation import findings
from tests.unit.core.samples import NOW, association, shipped

GOOD = "correct horse battery staple"
TOKEN = f"{'a' * 26}.{'b' * 43}"
EMAIL = "ada@example.com"
CODE = "01234567"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["token", "email", "code", "password", "profile", "identity", "x"]),
            inner,
        )
    ),
    max_leaves=12,
)


def check(operation: Operation, body: Any) -> dict[str, str]:
    """What the operation's own check finds, by pointer."""
    assert operation.check is not None
    return {one.pointer: one.detail for one in operation.check(shipped(), body, NOW)}


def all_findings(operation: Operation, body: Any) -> set[str]:
    """Pointers of everything that a caller is told, the schema's findings included."""
    schema = operation.body_schema(shipped)
    assert schema is not None
    return {one.pointer for one in findings(schema, body)} | set(check(operation, body))


def registration(password: Any = GOOD, **members: Any) -> dict[str, Any]:
    return {
        "email": EMAIL,
        "password": password,
        "locale": "it",
        "notice_version": shipped().version,
        "decisions": {},
        **members,
    }


class TestPassword:
    def test_a_good_one_is_no_finding(self) -> None:
        assert all_findings(REGISTER, registration()) == set()

    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("password123456", Unfit.BREACHED),
            ("zvzvzvzvzvzvzvzvz", Unfit.GUESSABLE),
            ("ada@example.com", Unfit.OWN),
            ("kaveripoint2026", Unfit.OWN),
        ],
    )
    def test_one_that_is_unfit_is_found_with_its_reason(self, password: str, why: Unfit) -> None:
        found = check(REGISTER, registration(password))
        assert found == {"/password": why.detail}
        assert password not in why.detail

    def test_every_field_of_the_profile_is_the_persons_own(self) -> None:
        profile = {"identity": {"name": "Zebulon"}, "company": {"name": "Quixotic Vortex"}}
        for password in ("zebulon-zebulon", "Qu1x0t1cVortex77"):
            assert check(REGISTER, registration(password)) == {}
            found = check(REGISTER, registration(password, profile=profile))
            assert found == {"/password": Unfit.OWN.detail}

    @pytest.mark.parametrize("password", ["a" * (PASSWORD_MIN - 1), "a" * (PASSWORD_MAX + 1), ""])
    def test_its_length_is_the_schemas_to_find(self, password: str) -> None:
        assert check(REGISTER, registration(password)) == {}
        assert all_findings(REGISTER, registration(password)) == {"/password"}

    @pytest.mark.parametrize("password", [None, 7, [], {"a": 1}, True])
    def test_what_is_no_text_is_the_schemas_to_find(self, password: Any) -> None:
        assert check(REGISTER, registration(password)) == {}

    def test_everything_wrong_is_told_at_once(self) -> None:
        body = registration(
            "aaaaaaaaaaaaaaaa", email="nobody", profile={"identity": {"phone": "12"}}, more=1
        )
        assert all_findings(REGISTER, body) == {
            "/password",
            "/email",
            "/profile/identity/phone",
            "/more",
        }

    def test_a_profile_far_beyond_every_form_takes_no_long_time(self) -> None:
        profile = {str(n): {str(m): "x" * 600 for m in range(9)} for n in range(9)}
        deep: Any = "x"
        for _ in range(40):
            deep = {"x": deep}
        for one in (profile, deep):
            assert "/password" not in check(REGISTER, registration(profile=one))

    @given(JSON)
    def test_no_body_breaks_the_check(self, body: Any) -> None:
        assert REGISTER.check is not None
        for notice in (shipped(), association()):
            REGISTER.check(notice, body, NOW)


class TestOneWayToProveAnAddress:
    @pytest.mark.parametrize("body", [{"token": TOKEN}, {"email": EMAIL, "code": CODE}])
    def test_by_the_link_or_by_the_code(self, body: dict[str, str]) -> None:
        assert all_findings(VERIFY, body) == set()

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            ({}, {"/token"}),
            ({"email": EMAIL}, {"/code"}),
            ({"code": CODE}, {"/email"}),
            ({"token": TOKEN, "code": CODE}, {"/token"}),
            ({"token": TOKEN, "email": EMAIL}, {"/token"}),
            ({"token": TOKEN, "email": EMAIL, "code": CODE}, {"/token"}),
            ({"token": None}, {"/token"}),
            ({"email": EMAIL, "code": "1234567"}, {"/code"}),
            ({"email": EMAIL, "code": "123456789"}, {"/code"}),
            ({"email": EMAIL, "code": "1234 567"}, {"/code"}),
            ({"email": EMAIL, "code": "١٢٣٤٥٦٧٨"}, {"/code"}),
            ({"email": EMAIL, "code": 12345678}, {"/code"}),
            ({"email": "x", "code": CODE}, {"/email"}),
            ({"other": 1}, {"/token", "/other"}),
        ],
    )
    def test_and_by_nothing_else(self, body: dict[str, Any], found: set[str]) -> None:
        assert all_findings(VERIFY, body) == found

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "token": st.sampled_from([TOKEN, "x", None]),
                "email": st.sampled_from([EMAIL, "x", None]),
                "code": st.sampled_from([CODE, "x", None]),
            },
        )
    )
    def test_what_is_accepted_is_exactly_one_way(self, body: dict[str, Any]) -> None:
        if not all_findings(VERIFY, body):
            assert set(body) in ({"token"}, {"email", "code"})
            assert None not in body.values()
