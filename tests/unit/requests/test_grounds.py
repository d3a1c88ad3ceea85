"""Every cell of right x ground, against a table written by hand from the text of the GDPR."""

from __future__ import annotations

from itertools import product

import pytest

from chalicelib.requests import grounds
from chalicelib.requests.grounds import ARTICLES, Ground, GroundNotAllowed, Right, article

#: A line a ground; `x` where it refuses the right of the column.
TABLE = """
                        copy port rectify object erase restrict withdraw review deactivate opt_out
not_identified           x    x     x       x      x       x        x       x        x        x
unfounded_or_excessive   x    x     x       x      x       x        .       x        .        .
others_data              x    x     .       .      .       .        .       .        .        .
legal_obligation         .    .     .       x      x       .        .       .        .        .
claims                   .    .     .       x      x       .        .       .        .        .
expression               .    .     .       .      x       .        .       .        .        .
public_health            .    .     .       .      x       .        .       .        .        .
archiving                .    .     .       x      x       .        .       .        .        .
member_state_law         x    x     x       x      x       x        .       x        .        .
compelling_grounds       .    .     .       x      .       .        .       .        .        .
accurate                 .    .     x       .      .       .        .       .        .        .
no_ground                .    .     .       .      x       x        .       .        .        .
still_necessary          .    .     .       .      x       .        .       .        .        .
not_covered              .    x     .       .      .       .        .       .        .        .
no_decision              .    .     .       .      .       .        .       x        .        .
"""

_HEAD, *_LINES = TABLE.strip("\n").splitlines()
RIGHTS = _HEAD.split()
ALLOWED = {
    (right, ground)
    for ground, *cells in (line.split() for line in _LINES)
    for right, cell in zip(RIGHTS, cells, strict=True)
    if cell == "x"
}


def test_the_table_by_hand_has_all_rights_and_grounds() -> None:
    assert set(RIGHTS) == set(Right)
    assert {line.split()[0] for line in _LINES} == set(Ground)
    assert (len(Right), len(Ground)) == (10, 15)


@pytest.mark.parametrize(("right", "ground"), list(product(Right, Ground)))
def test_a_ground_refuses_the_rights_that_the_law_says(right: Right, ground: Ground) -> None:
    if (right, ground) in ALLOWED:
        assert article(right, ground) == ARTICLES[right][ground]
    else:
        with pytest.raises(GroundNotAllowed) as refused:
            article(right, ground)
        assert (refused.value.right, refused.value.ground) == (right, ground)
        assert str(refused.value) == f"{ground} does not refuse {right}"


@pytest.mark.parametrize("ground", Ground)
def test_an_objection_to_marketing_is_never_weighed(ground: Ground) -> None:
    if ground is Ground.NOT_IDENTIFIED:
        assert article(Right.OBJECT, ground, marketing=True) == "12(2), 12(6)"
    else:
        with pytest.raises(GroundNotAllowed):
            article(Right.OBJECT, ground, marketing=True)


@pytest.mark.parametrize(("right", "ground"), [(r, g) for r, g in product(Right, Ground)])
def test_marketing_changes_no_other_right(right: Right, ground: Ground) -> None:
    if right is not Right.OBJECT and (right, ground) in ALLOWED:
        assert article(right, ground, marketing=True) == article(right, ground)


@pytest.mark.parametrize(
    ("right", "ground", "articles"),
    [
        ("copy", "others_data", "15(4)"),
        ("copy", "unfounded_or_excessive", "12(5)(b)"),
        ("copy", "member_state_law", "23"),
        ("port", "others_data", "20(4)"),
        ("port", "not_covered", "20(1), 20(3)"),
        ("rectify", "accurate", "16"),
        ("object", "compelling_grounds", "21(1)"),
        ("object", "claims", "21(1)"),
        ("object", "legal_obligation", "6(1)(c), 21(1)"),
        ("object", "archiving", "21(6)"),
        ("erase", "expression", "17(3)(a)"),
        ("erase", "legal_obligation", "17(3)(b)"),
        ("erase", "public_health", "17(3)(c)"),
        ("erase", "archiving", "17(3)(d)"),
        ("erase", "claims", "17(3)(e)"),
        ("erase", "no_ground", "17(1)"),
        ("erase", "still_necessary", "17(1)(a)"),
        ("restrict", "no_ground", "18(1)"),
        ("review", "no_decision", "22(1)"),
        ("review", "member_state_law", "22(2)(b), 23"),
        ("withdraw", "not_identified", "12(2), 12(6)"),
    ],
)
def test_a_refusal_names_its_article(right: str, ground: str, articles: str) -> None:
    assert article(Right(right), Ground(ground)) == articles


def test_the_reasons_for_the_table_name_every_ground() -> None:
    told = grounds.__doc__ or ""
    assert [ground for ground in Ground if f"`{ground}`" not in told] == []
