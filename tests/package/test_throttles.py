"""The throttles of the API: each operation has a class, and one loud door leaves others room."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.web.contract import Auth, Operation
from functions.http.site import OPERATIONS
from functions.pages import page_operations
from infra.quotas import quota
from infra.throttles import CLASSES, DESK, PAGES, Unclassed, throttle_of, throttle_of_page
from tests.unit.docs.markdown import DOCS, rows

Json = dict[str, Any]

#: Credentials that anybody can make up, or that an operation does without.
MADE_UP = {Auth.NONE, Auth.LINK, Auth.SESSION_OR_LINK, Auth.VISITOR, Auth.VISITOR_OR_SESSION}


def _together(operations: list[Operation]) -> int:
    return sum(throttle_of(one).a_second for one in operations)


def test_every_operation_has_a_throttle_of_its_own_in_the_stage(template: Json) -> None:
    _, *settings = template["Resources"]["Api"]["Properties"]["MethodSettings"]
    found = {
        (one["HttpMethod"], one["ResourcePath"].replace("~1", "/").replace("//", "/")): (
            one["ThrottlingRateLimit"]["Ref"],
            one["ThrottlingBurstLimit"]["Ref"],
        )
        for one in settings
    }
    assert len(found) == len(settings) == len(OPERATIONS) + len(page_operations())
    for operation in OPERATIONS:
        parameter = throttle_of(operation).parameter
        assert found[operation.method, operation.path] == (parameter, parameter)
        assert template["Parameters"][parameter]["Default"] == throttle_of(operation).a_second
    for page in page_operations():
        parameter = throttle_of_page(page).parameter
        assert found[page.method, page.path] == (parameter, parameter)


def test_a_form_is_throttled_as_what_it_calls() -> None:
    names = {one.id: throttle_of_page(one).name for one in page_operations()}
    assert names["signInByForm"] == names["signInByCode"] == "sign-in"
    assert names["showHome"] == "pages"


def test_a_path_is_written_as_the_stage_takes_it(template: Json) -> None:
    said = json.dumps(template["Resources"]["Api"]["Properties"]["MethodSettings"])
    assert '"/~1v1~1desk~1notices~1{version}~1announcement"' in said
    assert '"ResourcePath": "/"' in said


@pytest.mark.parametrize("auth", sorted(MADE_UP, key=str))
def test_a_new_door_for_anybody_has_to_be_classed(auth: Auth) -> None:
    new = replace(OPERATIONS[0], id="newOne", method="POST", auth=auth)
    if auth in (Auth.LINK, Auth.SESSION_OR_LINK):
        assert throttle_of(new).name == "links"
    else:
        with pytest.raises(Unclassed, match="newOne"):
            throttle_of(new)
    assert throttle_of(replace(new, method="GET", auth=Auth.NONE)) is PAGES


def test_all_doors_for_anybody_at_once_leave_half_of_the_region_to_the_others() -> None:
    most = quota("API Gateway: requests a second in Milan")
    anybody = [one for one in OPERATIONS if one.auth in MADE_UP]
    assert 60 > len(anybody) > 30
    assert _together(anybody) <= most / 2
    assert _together(list(OPERATIONS)) <= most


def test_no_class_takes_more_than_a_fifth_of_the_region() -> None:
    most = quota("API Gateway: requests a second in Milan")
    by_class: Counter[str] = Counter()
    for one in OPERATIONS:
        by_class[throttle_of(one).name] += throttle_of(one).a_second
    assert max(by_class.values()) <= most / 5
    assert by_class.keys() == {one.name for one in CLASSES}, "no class without an operation"


def test_the_desk_is_not_starved_by_anybody() -> None:
    desk = [one for one in OPERATIONS if one.auth is Auth.STAFF]
    assert {throttle_of(one) for one in desk} == {DESK}
    others = [one for one in OPERATIONS if throttle_of(one) is DESK and one not in desk]
    assert others == []


def test_the_classes_are_documented_with_their_rates() -> None:
    told = {
        row[0].strip("`"): (int(row[1]), row[2])
        for row in rows(DOCS / "operations.md", "How fast each door")
    }
    assert told == {one.parameter: (one.a_second, one.holds) for one in CLASSES}
