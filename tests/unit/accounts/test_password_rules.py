from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn.matching import (
    L33T_TABLE,
    RANKED_DICTIONARIES,
    enumerate_l33t_subs,
    relevant_l33t_subtable,
)

from chalicelib.accounts import password_rules
from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.password_rules import GUESSES, Unfit, unfit

OWN = (
    "mario.rossi@example.com",
    "Mario",
    "Rossi",
    "+393331234567",
    "Officine Città Alta S.r.l.",
    "Negozio Esempio",
)
ANY_TEXT = st.text(
    st.characters(exclude_categories=()), min_size=PASSWORD_MIN, max_size=PASSWORD_MAX
)
SIGNS = st.text("@({[<!|$+%0123456789", min_size=PASSWORD_MIN, max_size=PASSWORD_MAX)


@pytest.mark.parametrize(
    "password",
    [
        "the first password",
        "the other password",
        "a stranger's password",
        "correct horse battery staple",
        "another long password",
        "il gatto nero dorme",
        "marmalade window",
        "vF7q-Lw2x!Kd",
        "Tubero?Zanzibar/7412",
        "пароль на каждый день",
        "漢字だけの長い合言葉です",
    ],
)
def test_ordinary_passphrases_pass(password: str) -> None:
    assert unfit(password, OWN) is None


@pytest.mark.parametrize(
    "password",
    ["Password1234!", "1qaz2wsx3edc", "qwertyuiopas", "gfhjkmgfhjkm", "zaq1@WSXcde3"],
)
def test_common_and_breached_passwords_are_refused(password: str) -> None:
    assert unfit(password, ()) is Unfit.BREACHED


@pytest.mark.parametrize("password", ["MANCHESTERUNITED", "ｍanchesterunited"])
def test_another_spelling_of_a_breached_password_is_refused(password: str) -> None:
    assert unfit(password, ()) is Unfit.BREACHED


@pytest.mark.parametrize(
    "password",
    [
        "mario.rossi.1980",  # words of the address
        "MarioRossi1980!",  # another case
        "Mário Ròssi 1980",  # accents that the data does not have
        "officine citta 24",  # no accents where the data has them
        "issoRoiraM1980",  # backwards
        "M4r10 R0ss1 1980",  # digits for letters
        "issoR0!raM1980",  # both
        "n3g0z1o 3$emp|o",
        "citt4 a1ta 1999!",  # a digit that stands for another letter elsewhere
        "mariomariomari",  # again and again
        "mario.rossi@example.com",  # as it stands
        "negozioesempio7",  # the site
        "3331234567 casa",  # the number without its prefix
        "srl.cittaalta.99",
    ],
)
def test_passwords_of_own_data_are_refused(password: str) -> None:
    assert unfit(password, OWN) is Unfit.OWN
    assert unfit(password, ()) is not Unfit.OWN


def test_an_extension_does_not_hide_the_number() -> None:
    assert unfit("3331234567 casa", ["+393331234567;ext=12"]) is Unfit.OWN


def test_own_data_may_stand_beside_enough_of_something_else() -> None:
    assert unfit("mario likes strong tea", OWN) is None


def test_eight_characters_beside_own_data_are_enough_and_seven_are_not() -> None:
    assert unfit("mario" + "vF7q-Lw2", OWN) is None
    assert unfit("mario" + "vF7q-Lw", OWN) is Unfit.OWN
    assert unfit("mario" + "vF7q-Lw   ", OWN) is Unfit.OWN


@pytest.mark.parametrize("password", ["mariorossi12345678", "mario.rossi........"])
def test_what_stands_beside_own_data_is_judged_alone(password: str) -> None:
    assert unfit(password, ()) is None
    assert unfit(password, OWN) is Unfit.GUESSABLE


def test_words_of_three_characters_are_looked_for() -> None:
    assert unfit("ada vF7q-Lw ada", ["Ada"]) is Unfit.OWN


def test_words_of_two_characters_are_not_looked_for() -> None:
    assert unfit("vF7q-Lw2abxx", ["ab"]) is None
    assert unfit("abababcF7qL2", ["ab"]) is None


@pytest.mark.parametrize("blank", ["", " ", "-", "\u0301", "+"])
def test_blank_data_takes_nothing_away(blank: str) -> None:
    assert unfit("vF7q-Lw2abxx", [blank]) is None


@pytest.mark.parametrize(
    "password",
    [
        "m" * 40,  # one character
        "xyxyxyxyxyxyxy",  # a few characters
        "mnopqrstuvwxyz",  # a sequence
        "zyxwvutsrqponm",  # backwards
        "asdfghjkl;'zx",  # rows of keys
        "northeastern!",  # one word
        "marmaladewindow",  # two common words
        " " * 12,
        "🙂" * 20,
        "r" * 48 + "vF7q-Lw2xKd9mB4",  # one character for longer than zxcvbn gets to see
    ],
)
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    assert unfit(password, ()) is Unfit.GUESSABLE


@pytest.mark.parametrize("password", ["marmaladewindow", "marmalade window"])
def test_guesses_are_compared_with_the_threshold(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses = password_rules._guesses(password)
    monkeypatch.setattr(password_rules, "GUESSES", guesses)
    assert unfit(password, ()) is None
    monkeypatch.setattr(password_rules, "GUESSES", guesses + 1)
    assert unfit(password, ()) is Unfit.GUESSABLE


def test_the_threshold_lies_between_two_words_and_three() -> None:
    assert GUESSES / 10 < password_rules._guesses("marmaladewindow") < GUESSES
    assert GUESSES < password_rules._guesses("marmalade window") < GUESSES * 100
    assert password_rules._guesses("the first password") > GUESSES * 100


@pytest.mark.parametrize("password", ["{[<(|!$+%@vF7", "@({[<!|$+%@({[<!|$+%"])
def test_a_password_of_many_signs_is_not_taken_for_a_run(password: str) -> None:
    assert unfit(password, ()) is None


@pytest.mark.parametrize(
    "password",
    [
        "@({[<!|$+%4839617052" * 12,
        "|$+@4839617052" * 18,
        "a" * 30 + "@|$+4839617052" * 16,
        "ﷺ" * 256,
    ],
)
def test_what_zxcvbn_has_to_try_is_bounded(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its time is the characters squared times the ways to read signs as letters; it would have
    # 256 characters and 736 ways. A count, because time is not the same twice.
    judged: list[str] = []

    def judge(text: str) -> dict[str, int]:
        judged.append(text)
        return {"guesses": GUESSES}

    monkeypatch.setattr("zxcvbn.zxcvbn", judge)
    assert unfit(password[:PASSWORD_MAX], OWN) is None
    (text,) = judged
    assert len(text) <= 48
    assert len(enumerate_l33t_subs(relevant_l33t_subtable(text, L33T_TABLE))) <= 64


@given(password=ANY_TEXT | SIGNS, own=st.lists(st.text(max_size=60), max_size=8))
@settings(deadline=None)
def test_any_text_is_judged(password: str, own: list[str]) -> None:
    assert unfit(password, own) in {None, *Unfit}


@given(password=st.text(min_size=PASSWORD_MIN, max_size=PASSWORD_MAX))
@settings(deadline=None)
def test_own_data_with_a_little_more_is_never_taken(password: str) -> None:
    assert unfit(password, [password]) is not None
    assert unfit(f"{password}7vF", [password]) is not None


def test_a_finding_does_not_repeat_the_password() -> None:
    refused = ["Password1234!", "MarioRossi1980!", "mnopqrstuvwxyz"]
    found = [unfit(password, OWN) for password in refused]
    assert found == [Unfit.BREACHED, Unfit.OWN, Unfit.GUESSABLE]
    for password, why in zip(refused, found, strict=True):
        assert why is not None
        assert password.casefold() not in why.detail.casefold()
        assert why.detail.startswith("must not be ")


def test_own_data_is_not_kept_in_memory() -> None:
    unfit("mario likes strong tea", OWN)
    assert not RANKED_DICTIONARIES["user_inputs"]
