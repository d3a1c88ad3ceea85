"""An operation may read a browser's token beside whatever else it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import BadRequest, Unauthenticated
from chalicelib.web.call import Call, read_call
from chalicelib.web.contract import Auth, Operation
from chalicelib.web.openapi import openapi
from tests.unit.web.sample import NOTICE, TOKEN, VISITOR
from tests.unit.web.test_openapi import SOME_NOTICE

SIGN_OUT = replace(NOTICE, auth=Auth.SESSION, visitor=True)
SIGN_IN = replace(NOTICE, auth=Auth.NONE, visitor=True)


def read(operation: Operation, **headers: str) -> Call:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_call(operation, {"headers": named}, {}, "")


def test_it_is_read_where_it_is_sent() -> None:
    assert read(SIGN_IN, Riserbo_Visitor=VISITOR).visitor == VISITOR
    assert read(SIGN_IN).visitor is None
    both = read(SIGN_OUT, Riserbo_Visitor=VISITOR, Authorization=f"Bearer {TOKEN}")
    assert (both.visitor, both.bearer) == (VISITOR, TOKEN)


def test_it_stands_in_for_nothing() -> None:
    with pytest.raises(Unauthenticated):
        read(SIGN_OUT, Riserbo_Visitor=VISITOR)


def test_one_of_another_form_is_refused_there_and_ignored_elsewhere() -> None:
    with pytest.raises(BadRequest) as refused:
        read(SIGN_IN, Riserbo_Visitor="short")
    assert [one.pointer for one in refused.value.findings] == ["/header/Riserbo-Visitor"]
    assert read(replace(SIGN_IN, visitor=False), Riserbo_Visitor="short").visitor is None


def test_it_is_told_as_a_header_that_need_not_come() -> None:
    document: Any = openapi([SIGN_IN], SOME_NOTICE, "https://api.example/v")
    (described,) = document["paths"][SIGN_IN.path].values()
    (told,) = (one for one in described["parameters"] if one.get("name") == "Riserbo-Visitor")
    assert (told["in"], told["required"]) == ("header", False)
    assert described["security"] == []
