"""Judges every policy of the templates with parliament, which knows AWS's actions and resources.

`python -m infra.judges.policies <template> ...` with the Python of the engine's environment. Each
finding is mended or waived in `infra/judges/waived.json`, with a reason.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.judges.references import policies

with warnings.catch_warnings():
    # It finds its data by `pkg_resources`, which warns of its own end.
    warnings.simplefilter("ignore")
    import parliament

WAIVED = Path(__file__).with_name("waived.json")
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z*]+")
_UNKNOWN = "Unknown action "


def findings(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields each finding about a template's policies: its place, and what is wrong.

    A place is `<resource>/<finding>`, and for one about an action `<resource>/<finding>/<action>`,
    for example `MailRole/RESOURCE_STAR/ses:SendRawEmail`.
    """
    for name, document in policies(template):
        for found in parliament.analyze_policy_string(json.dumps(document)).findings:
            if found.issue == "RESOURCE_STAR" and _is_of_a_resource(document):
                continue
            for about, said in _each(found.detail):
                yield f"{name}/{found.issue}{about}", said or found.issue


def _is_of_a_resource(document: Mapping[str, Any]) -> bool:
    """Whether a policy belongs to a resource, as a key's does: there `*` is this resource alone."""
    return all("Principal" in statement for statement in document["Statement"])


def _each(detail: Any) -> Iterator[tuple[str, str]]:
    """Yields what a finding says, by the action that it is about."""
    for one in detail if isinstance(detail, list) else [detail]:
        match one:
            case {"action": action, "required_format": form}:
                yield f"/{action}", f"{action} wants a resource of the form {form}"
            case str() if _ACTION.fullmatch(one):
                yield f"/{one}", one
            case str() if one.startswith(_UNKNOWN):
                yield f"/{one.removeprefix(_UNKNOWN)}", one
            case _:
                yield "", str(one)


def main(arguments: list[str]) -> int:
    """Judge the templates; 1, with every finding that is not waived and every waiver left over."""
    waived: dict[str, str] = json.loads(WAIVED.read_text("utf-8"))
    templates = [yaml.safe_load(Path(one).read_text("utf-8")) for one in arguments]
    found = [each for template in templates for each in findings(template)]
    wrong = [f"{place}: {said}" for place, said in found if place not in waived]
    resources = {name for template in templates for name in template["Resources"]}
    met = {place for place, _ in found}
    wrong += [
        f"{place}: waived, and not found"
        for place in waived
        if place not in met and place.partition("/")[0] in resources
    ]
    sys.stderr.write("".join(f"{line}\n" for line in dict.fromkeys(wrong)))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
