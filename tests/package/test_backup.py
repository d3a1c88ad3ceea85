"""Copies outside the account: none of the keys outlives the window in which they may come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from infra.stacks import BACKUP, DATA
from infra.stages import STAGES

Json = dict[str, Any]


@pytest.fixture(scope="module")
def resources() -> Json:
    found: Json = yaml.safe_load(BACKUP.read_text("utf-8"))["Resources"]
    return found


def _days(resources: Json, table: str) -> Iterator[int]:
    """The days that copies of a table last, here and in the other vault."""
    for found in resources.values():
        if found["Type"] != "AWS::Backup::BackupSelection":
            continue
        properties = found["Properties"]
        selected = properties["BackupSelection"]["Resources"]
        if {"Ref": f"{table}TableArn"} not in selected:
            continue
        plan = resources[properties["BackupPlanId"]["Ref"]]["Properties"]["BackupPlan"]
        for rule in plan["BackupPlanRule"]:
            yield rule["Lifecycle"]["DeleteAfterDays"]
            yield from (copy["Lifecycle"]["DeleteAfterDays"] for copy in rule["CopyActions"])


def test_no_copy_of_the_keys_outlives_their_recovery(resources: Json) -> None:
    keys: Json = yaml.safe_load(DATA.read_text("utf-8"))["Resources"]["Keys"]["Properties"]
    window = keys["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]
    days = list(_days(resources, "Keys"))
    assert len(days) == 2
    # AWS Backup takes some hours to delete what has ended.
    assert max(days) < window


def test_copies_of_records_and_access_last_as_long_as_the_erasures_are_kept(
    resources: Json,
) -> None:
    erasures: Json = yaml.safe_load(DATA.read_text("utf-8"))["Resources"]["Erasures"]["Properties"]
    kept = erasures["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"]
    for table in ("Records", "Access"):
        assert set(_days(resources, table)) == {kept}


def test_tables_are_selected_by_name_and_never_by_a_pattern(resources: Json) -> None:
    for found in resources.values():
        if found["Type"] == "AWS::Backup::BackupSelection":
            selected = found["Properties"]["BackupSelection"]
            assert not selected.keys() & {"ListOfTags", "Conditions", "NotResources"}
            assert all(set(one) == {"Ref"} for one in selected["Resources"])


def test_it_is_off_unless_a_stage_names_a_vault() -> None:
    stages: Json = json.loads(STAGES.read_text("utf-8"))
    assert {stage["settings"]["BackupVaultArn"] for stage in stages.values()} == {""}
