"""Both templates, judged by AWS's own specification of every resource."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from infra.package import Package
from infra.stacks import DATA


def test_both_templates_are_valid(package: Package) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [str(linter), "--regions", "eu-south-1", "--", str(DATA), str(package.template)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
