"""The SAM transform of the app stack's template, offline, as CloudFormation does it.

`python -m infra.judges.transform <template> <result>` with the Python of the engine's environment,
where the translator is installed. It is AWS's own code: what it refuses, CloudFormation refuses.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform

#: Stands for the address that a deployment puts there once the package is uploaded.
_UPLOADED = "s3://artefacts/app.zip"
#: Without a region the translator asks the machine's settings for one.
_REGION = "eu-south-1"


class _NoManagedPolicies:
    """The template names no managed policy by its short name: none is looked up in an account."""

    def load(self) -> dict[str, str]:
        """Returns no policies."""
        return {}


def transformed(template: dict[str, Any]) -> dict[str, Any]:
    """Returns the plain CloudFormation of a SAM template.

    Raises InvalidDocumentException, with every cause.
    """
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = _UPLOADED
    os.environ["AWS_DEFAULT_REGION"] = _REGION
    plain: dict[str, Any] = transform(template, {"AWS::Region": _REGION}, _NoManagedPolicies())
    return plain


def main(arguments: list[str]) -> int:
    """Write the transformed template; 1, with every cause, if it is refused."""
    source, target = map(Path, arguments)
    try:
        plain = transformed(json.loads(source.read_text("utf-8")))
    except InvalidDocumentException as refused:
        causes = [str(cause.message) for cause in refused.causes]
        sys.stderr.write("\n".join([f"{source}: the SAM transform refuses it:", *causes]) + "\n")
        return 1
    target.write_text(json.dumps(plain, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
