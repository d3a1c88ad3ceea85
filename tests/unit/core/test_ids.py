from __future__ import annotations

import re

from chalicelib import ids


def test_ids_and_secrets_have_their_form_and_never_repeat() -> None:
    made = [ids.new_id() for _ in range(2_000)]
    secrets = [ids.new_secret() for _ in range(2_000)]
    assert all(re.fullmatch(r"[a-z2-7]{26}", one) for one in made)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in secrets)
    assert len({*made, *secrets}) == 4_000


def test_every_position_of_an_id_varies() -> None:
    made = [ids.new_id() for _ in range(500)]
    # The last character holds three bits only: 128 are not a multiple of five.
    assert all(len({one[place] for one in made}) >= 25 for place in range(25))
    assert len({one[25] for one in made}) == 8


def test_a_fingerprint_is_the_start_of_sha_256() -> None:
    # SHA-256 of "abc" (FIPS 180-4): ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 ...
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a3"
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = 0
    for character in ids.fingerprint("abc"):
        number = number * 32 + alphabet.index(character)
    assert f"{number:040x}" == expected
    assert len(ids.fingerprint("abc")) == 32


def test_a_code_has_eight_digits_and_leading_noughts_too() -> None:
    made = [ids.new_code() for _ in range(2_000)]
    assert all(re.fullmatch(r"[0-9]{8}", one) for one in made)
    # Of 2,000 codes two are the same in 1 of 50 runs, three twice in fewer than 1 of 10,000.
    assert len(set(made)) >= 1_998


def test_every_position_of_a_code_varies() -> None:
    made = [ids.new_code() for _ in range(1_000)]
    for place in range(8):
        assert {one[place] for one in made} == set("0123456789")
