"""`make callback` and `make callbacks`: what an operator is shown."""

from __future__ import annotations

import re

import pytest

from chalicelib.webhooks import store
from infra import callbacks
from tests.unit.webhooks.world import SPONSORS, World

URL = "https://example.org/told"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=\n")


@pytest.mark.usefixtures("world")
def test_the_secret_is_shown_once_and_alone(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for _ in range(2):  # said again, there is another
        assert callbacks.main(["tell", SPONSORS, URL]) == 0
        printed = capsys.readouterr()
        assert SECRET.fullmatch(printed.out)
        assert printed.out.strip() not in printed.err
        shown.append(printed.out)
    assert shown[0] != shown[1]
    assert callbacks.main(["list"]) == 0
    listed = capsys.readouterr().out
    assert re.search(rf"^{SPONSORS} +\d{{4}}-\d\d-\d\d +{URL}$", listed, re.MULTILINE)
    assert "whsec" not in listed


def test_none_ends_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    callbacks.main(["tell", SPONSORS, URL])
    assert callbacks.main(["tell", SPONSORS, "none"]) == 0
    assert store.get_endpoint(SPONSORS) is None
    assert world.steps.names.count("delete") == 1
    assert callbacks.main(["tell", SPONSORS, "none"]) == 1
    assert "no such endpoint" in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_everything_that_is_wrong_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert callbacks.main(["tell", "nobody", "http://example.org"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "/recipient: must be one of the notice's" in printed.err
    assert "/url: must begin with https://" in printed.err
