"""A stage is taken away only by somebody who says its name, and for production a word more."""

from __future__ import annotations

import pytest

from infra.removal import ALSO, NotRemovable, refuse_unconfirmed


@pytest.mark.parametrize(
    ("stage", "confirm", "also"),
    [
        ("dev", "", ""),
        ("dev", "yes", ""),
        ("dev", "staging", ""),
        ("dev", "", ALSO),
        ("production", "", ""),
        ("production", "", ALSO),
        ("production", "production", ""),
        ("production", "production", "yes"),
    ],
)
def test_whatever_else_is_said_nothing_is_removed(stage: str, confirm: str, also: str) -> None:
    with pytest.raises(NotRemovable):
        refuse_unconfirmed(stage, confirm, also)


@pytest.mark.parametrize(("stage", "also"), [("dev", ""), ("staging", ""), ("production", ALSO)])
def test_a_stage_whose_name_is_said_is_removed(stage: str, also: str) -> None:
    refuse_unconfirmed(stage, stage, also)
