"""Runs code as a function does: a fresh process that sees nothing but the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_PREAMBLE = """
import json, sys
sys.path.insert(0, sys.argv[1])
def answer(value):
    print(json.dumps(value))
"""


def run_isolated(unpacked: Path, code: str) -> Any:
    """What `code` gives to `answer`, run without site-packages in a folder of no importance.

    `-I` ignores the environment and the working folder, `-S` leaves out site-packages: an import
    that the package lacks fails here as it would on AWS.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _PREAMBLE + code, str(unpacked)],
        cwd=os.sep,
        env={"PATH": os.defpath, "AWS_DEFAULT_REGION": "eu-south-1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
