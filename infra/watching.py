"""The stack of a stage's alarms on single metrics and of its dashboard, derived from the code.

It looks at the app stack from beside, by that stack's outputs: the parameters that are added here
have the outputs' names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from infra.alarms import alarm_resources
from infra.dashboard import dashboard_resources
from infra.functions import Function

ALARMS = Path(__file__).with_name("alarms.yaml")
Json = dict[str, Any]
_PLACE = re.compile(r"\$\{(\w+)\}")


def alarms_template(
    functions: Sequence[Function], rates: Mapping[str, str], api_stage: str
) -> Json:
    """Returns `infra/alarms.yaml` with every alarm, the dashboard and the parameters they name.

    `rates` are the expressions of the schedules by function name, `api_stage` is API Gateway's
    stage. Raises ValueError for a schedule that is no `rate(...)`.
    """
    template: Json = yaml.safe_load(ALARMS.read_text("utf-8"))
    resources, parameters = template["Resources"], template["Parameters"]
    resources.update(alarm_resources(functions, rates, api_stage))
    resources.update(dashboard_resources(functions, api_stage))
    for name in sorted(set(_named(resources))):
        parameters.setdefault(name, {"Type": "String"})
    return template


def _named(value: Any) -> Iterator[str]:
    """Yields the names of parameters that a part of a template refers to."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _PLACE.findall(text)
        case dict():
            for each in value.values():
                yield from _named(each)
        case list():
            for each in value:
                yield from _named(each)
