"""The second factor's rules: the vectors of RFC 6238, steps, replay, recovery codes."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.accounts import second_factor as rules
from chalicelib.accounts.contract.second_factor import CODE
from chalicelib.accounts.second_factor import Factor, RecoveryCodeUsed, StepUsed, use
from tests.unit.core.samples import NOW

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
"""The key of RFC 6238, appendix B, for SHA-1."""

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)
CODES = rules.new_recovery_codes()
TYPED = st.text(st.sampled_from("0123456789abcxyzABCXYZ -"), min_size=6, max_size=40)
"""What the contract lets in."""


def factor(last_step: int = 0, codes: tuple[str, ...] = CODES) -> Factor:
    return Factor(SECRET, last_step, rules.fingerprints(SECRET, codes))


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


def step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, digits: str) -> None:
    """Its codes have eight digits; of six there are the last six (RFC 4226, section 5.3)."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert rules.step_of(RFC_SECRET, digits[-6:], now) == seconds // 30
    assert rules.step_of(RFC_SECRET, digits, now) is None


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_this_step_and_of_one_beside_it_is_right(steps: int) -> None:
    moment = NOW + steps * STEP
    assert use(factor(), code_at(moment), NOW) == StepUsed(step_at(moment))


@pytest.mark.parametrize("steps", [-100, -3, -2, 2, 3, 100])
def test_a_code_of_another_step_is_wrong(steps: int) -> None:
    assert use(factor(), code_at(NOW + steps * STEP), NOW) is None


def test_a_code_is_right_to_the_last_second_of_its_window() -> None:
    begins = datetime.fromtimestamp(step_at(NOW) * 30, UTC)
    code = code_at(begins)
    for now, right in [
        (begins - STEP - timedelta(milliseconds=1), False),
        (begins - STEP, True),
        (begins + 2 * STEP - timedelta(milliseconds=1), True),
        (begins + 2 * STEP, False),
    ]:
        assert (use(factor(), code, now) is not None) is right, now


def test_a_code_works_once_and_so_does_none_before_it() -> None:
    used = use(factor(), code_at(NOW), NOW)
    assert isinstance(used, StepUsed)
    after = factor(used.step)
    assert use(after, code_at(NOW), NOW) is None
    assert use(after, code_at(NOW - STEP), NOW) is None
    assert use(after, code_at(NOW + STEP), NOW) == StepUsed(used.step + 1)


@pytest.mark.parametrize("form", ["{0}{1}", "{0} {1}", "{0}-{1}", " {0}  {1} "])
def test_a_code_may_be_typed_with_what_parts_it(form: str) -> None:
    code = code_at(NOW)
    assert use(factor(), form.format(code[:3], code[3:]), NOW) == StepUsed(step_at(NOW))


def test_recovery_codes_are_random_and_easy_to_copy() -> None:
    many = {code for _ in range(100) for code in rules.new_recovery_codes()}
    assert len(many) == 100 * rules.RECOVERY_CODES
    for code in many:
        assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
        assert re.fullmatch(CODE["pattern"], code)
    letters = "".join(many).replace("-", "")
    assert set(letters) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@pytest.mark.parametrize("form", [str, str.lower, lambda code: code.replace("-", " ")])
@pytest.mark.parametrize("between", ["-", "", " ", " - "])
def test_a_recovery_code_may_be_typed_in_many_ways(form: object, between: str) -> None:
    for code in CODES:
        assert callable(form)
        typed = form(code.replace("-", between))
        assert use(factor(), typed, NOW) == RecoveryCodeUsed(rules.fingerprint(SECRET, code), 9)


def test_letters_that_were_read_as_digits_are_understood() -> None:
    codes = ("OIOI-AAAA-BBBB-2345",)
    assert use(factor(codes=codes), "0101-aaaa-bbbb-2345", NOW) is not None
    assert use(factor(codes=codes), "OIOI-AAAA-BBBB-2346", NOW) is None


def test_a_recovery_code_that_was_removed_is_wrong() -> None:
    assert use(factor(codes=CODES[1:]), CODES[0], NOW) is None
    used = use(factor(codes=CODES[:1]), CODES[0], NOW)
    assert isinstance(used, RecoveryCodeUsed)
    assert used.left == 0
    assert use(factor(codes=()), CODES[0], NOW) is None


def test_fingerprints_differ_by_the_secret_so_the_table_alone_proves_no_guess() -> None:
    other = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXQ"
    assert not rules.fingerprints(SECRET, CODES) & rules.fingerprints(other, CODES)
    for code in CODES:
        shown = rules.fingerprint(SECRET, code).upper()
        assert code.replace("-", "") not in shown


def test_secrets_are_of_160_random_bits() -> None:
    secrets = {rules.new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}


def test_nothing_secret_is_in_a_repr() -> None:
    shown = repr(factor()) + repr(use(factor(), CODES[0], NOW))
    assert SECRET not in shown
    assert not any(one in shown for one in factor().recovery)


@given(TYPED)
def test_a_wrong_code_never_passes(typed: str) -> None:
    right = {code_at(NOW + steps * STEP) for steps in (-1, 0, 1)}
    compact = typed.replace(" ", "").replace("-", "")
    assume(compact not in right)
    assume(compact.upper() not in {code.replace("-", "") for code in CODES})
    assert use(factor(), typed, NOW) is None


@given(st.integers(0, 999_999).map("{:06d}".format))
def test_no_other_six_digits_pass(typed: str) -> None:
    right = {code_at(NOW + steps * STEP) for steps in (-1, 0, 1)}
    assert (use(factor(), typed, NOW) is not None) is (typed in right)


@given(
    st.sampled_from(CODES), st.integers(0, 15), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
)
def test_a_recovery_code_with_one_letter_wrong_is_wrong(code: str, at: int, letter: str) -> None:
    letters = code.replace("-", "")
    assume(letters[at] != letter)
    assert use(factor(), letters[:at] + letter + letters[at + 1 :], NOW) is None
    assert use(factor(), letters[:at] + letters[at + 1 :], NOW) is None
    assert use(factor(), letters + letter, NOW) is None


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(typed: str) -> None:
    use(factor(), typed, NOW)


@pytest.mark.parametrize(
    "typed",
    ["", "------", "      ", "000000\n", "1" * 40, "\u0000" * 6, "A" * 16, "=" * 16, "0x1e240"],
)
def test_hostile_texts_are_wrong_codes(typed: str) -> None:
    assert use(factor(), typed, NOW) is None


def test_a_fingerprint_typed_as_a_code_is_wrong() -> None:
    for one in factor().recovery:
        assert use(factor(), one, NOW) is None


def test_an_offer_is_open_for_an_hour() -> None:
    assert rules.is_open(NOW, NOW)
    assert rules.is_open(NOW, NOW + rules.OFFER_VALID - timedelta(milliseconds=1))
    assert not rules.is_open(NOW, NOW + rules.OFFER_VALID)


@pytest.mark.parametrize("site", ["Keep Robust", "Amici: dell'Orto & Co.", "Città/Übermut?#%"])
@pytest.mark.parametrize("address", ["ada@example.com", "ada+a/b&c=d@example.com"])
def test_the_uri_is_read_back_as_it_was_meant(site: str, address: str) -> None:
    uri = rules.uri(SECRET, site, address)
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    issuer, account = unquote(parts.path).removeprefix("/").split(":")
    assert account == address
    assert issuer == site.replace(":", " ")
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": [issuer]}
    read = pyotp.parse_uri(uri)
    assert isinstance(read, pyotp.TOTP)
    assert read.at(NOW) == code_at(NOW)
