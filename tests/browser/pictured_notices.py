"""The desk's page of a draft of which there is a picture, with contents that are made up."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest

from tests.unit.core.samples import association_document
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.publications.noticeboard import LIST, board, in_every_language
from tests.unit.publications.world import SECOND, later_version

_SPOKEN = ("en", "it")


def draft() -> str:
    """Returns the page of a draft that asks people again, and tells others."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):  # its logs
        desk = board(patch, in_every_language(association_document(), _SPOKEN))
        document = in_every_language(later_version(LONGER, WIDER), _SPOKEN)
        assert desk.sends(document=json.dumps(document)).status == 303
        return desk.opens(f"{LIST}/{SECOND}", lang="it").text
