"""The handlers of large bodies look at their caller themselves where the kernel did not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Unauthenticated
from chalicelib.publications.contract import drafts as contract
from chalicelib.web.call import Call
from chalicelib.web.contract import JSON, Operation
from chalicelib.web.request import headers_of
from functions.http import desk_notices
from tests.unit.core.samples import SUBJECT
from tests.unit.storage.tables import Tables

TOKEN = f"{SUBJECT}.{'d' * 43}"


DOORS = [
    (contract.SAVE, desk_notices.save_draft),
    (contract.SIMULATE, desk_notices.simulate),
]


@pytest.mark.parametrize(("operation", "door"), DOORS, ids=lambda one: getattr(one, "id", ""))
def test_nobody_gets_in_by_a_kernel_that_did_not_look(
    monkeypatch: pytest.MonkeyPatch, operation: Operation, door: Any
) -> None:
    Tables().play(monkeypatch)
    body: dict[str, Any] = {"document": {}}
    call = Call(operation, body, {}, {}, headers_of({}), JSON, "id", bearer=TOKEN)
    assert not call.recognised
    with pytest.raises(Unauthenticated):
        door.__wrapped__(call)


def test_the_kernel_s_look_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Call] = []
    monkeypatch.setattr(desk_notices, "recognise", looked.append)
    call = Call(contract.SAVE, {}, {}, {}, headers_of({}), JSON, "id", bearer=TOKEN)
    desk_notices._known(replace(call, recognised=True))
    assert looked == []
    desk_notices._known(call)
    assert looked == [call]
