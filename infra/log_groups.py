"""The log groups of a stage: a stack of their own, beside the app stack and older than it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from infra.functions import Function, log_group

LOGS = Path(__file__).with_name("logs.yaml")
Json = dict[str, Any]


def logs_template(functions: Sequence[Function]) -> Json:
    """Returns `infra/logs.yaml` with a log group for each function, under its logical id."""
    template: Json = yaml.safe_load(LOGS.read_text("utf-8"))
    for function in functions:
        template["Resources"][f"{function.logical_id}Logs"] = {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": log_group(function.name)},
                "RetentionInDays": {"Ref": "LogDays"},
            },
        }
    return template
