"""Builds the code package and the templates that are derived from the code.

`python -m infra.package` leaves `app.zip`, `template.json` (the app stack), `logs.json` and
`alarms.json` in `.build/package` and does nothing when they are already made from the same sources
by the same Python.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.functions import read_functions
from infra.log_groups import logs_template
from infra.template import build_template, rates_of
from infra.watching import alarms_template

PROJECT = Path(__file__).parent.parent
OUTPUT = PROJECT / ".build" / "package"
#: In the template until a deployment has uploaded the package and knows its address.
CODE_URI = "app.zip"
_SOURCES = ("app.py", "requirements.txt", ".chalice/config.json", "chalicelib", "functions")


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a finished package, and the digest of everything that it was made from."""

    code: Path
    template: Path
    digest: str

    @property
    def logs(self) -> Path:
        """The template of the log groups' stack."""
        return self.template.with_name("logs.json")

    @property
    def alarms(self) -> Path:
        """The template of the stack of alarms and dashboard."""
        return self.template.with_name("alarms.json")


class PackagingFailed(Exception):
    """Chalice failed, or importing the project's code did; the text says why."""


def build_package(project: Path = PROJECT, output: Path = OUTPUT) -> Package:
    """Package `project` into `output`, or find it already packaged.

    Raises PackagingFailed.
    """
    output.mkdir(parents=True, exist_ok=True)
    package = Package(output / "app.zip", output / "template.json", digest_of(project))
    stamp = output / "digest"
    with (output / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == package.digest:
            return package
        stamp.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="riserbo-package-") as folder:
            _build(project, Path(folder), package)
        stamp.write_text(package.digest)
    return package


def digest_of(project: Path) -> str:
    """Returns the digest of everything that decides the bytes: sources, infra, Python version."""
    digest = hashlib.sha256(sys.version.encode())
    for source in (*_SOURCES, "infra"):
        for path in _files(project / source):
            digest.update(f"{path.relative_to(project)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    found = sorted(path.rglob("*")) if path.is_dir() else [path]
    return (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def _build(project: Path, folder: Path, package: Package) -> None:
    app, out = folder / "app", folder / "out"
    _copy_sources(project, app)
    _run([sys.executable, str(project / "infra" / "templates.py")], app)
    chalice = str(Path(sys.executable).with_name("chalice"))
    _refuse_missing(_run([chalice, "package", "--stage", "production", str(out)], app))
    served_by = json.loads(_run([sys.executable, str(project / "infra" / "routes.py")], app))
    config = json.loads((app / ".chalice" / "config.json").read_text("utf-8"))
    functions, stage_name = read_functions(project), config["api_gateway_stage"]
    try:
        template = build_template(
            json.loads((out / "sam.json").read_text("utf-8")),
            functions,
            served_by,
            stage_name,
            CODE_URI,
        )
        alarms = alarms_template(functions, rates_of(template, functions), stage_name)
    except ValueError as refused:
        raise PackagingFailed(str(refused)) from refused
    refuse_other_runtime(template, sys.version_info[:2])
    artefact = str(project / "infra" / "artefact.py")
    _run(
        [
            sys.executable,
            "-I",
            "-S",
            "-B",
            artefact,
            str(out / "deployment.zip"),
            str(package.code),
        ],
        folder,
    )
    _write(package.logs, logs_template(functions))
    _write(package.alarms, alarms)
    _write(package.template, template)


def _write(path: Path, template: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(template, indent=1), "utf-8")


def _refuse_missing(said: str) -> None:
    """Raises PackagingFailed when Chalice left out a dependency, which it only mentions."""
    if "Could not install dependencies" in said:
        raise PackagingFailed(said.strip())


def refuse_other_runtime(template: Mapping[str, Any], version: tuple[int, ...]) -> None:
    """Raises PackagingFailed when a function of `template` has another runtime than `version`.

    `version` is the Python (major, minor) that compiles. Lambda silently ignores compiled files of
    another Python, and every cold start would compile all sources again.
    """
    ours = "python" + ".".join(map(str, version))
    runtimes = {
        name: resource["Properties"]["Runtime"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    others = [f"{name}: {found}" for name, found in runtimes.items() if found != ours]
    if others or not runtimes:
        raise PackagingFailed(
            f"The modules of the package are compiled by {ours}, which is not the runtime of "
            f"{', '.join(others) or 'any function'}."
        )


def _copy_sources(project: Path, app: Path) -> None:
    # A copy without compiled files and earlier deployments: Chalice zips all files it finds, and
    # its own cache of packages does not notice a renamed file.
    for source in _SOURCES:
        target = app / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (project / source).is_dir():
            shutil.copytree(
                project / source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        else:
            shutil.copy2(project / source, target)
    (app / "vendor").mkdir()
    (app / "vendor" / "functions").symlink_to(Path("..") / "functions")


def _run(command: list[str], folder: Path) -> str:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("RISERBO_")},
        "AWS_DEFAULT_REGION": "eu-south-1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # The bytes of the package do not depend on the order in which sets are gone through.
        "PYTHONHASHSEED": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # Chalice downloads by names alone what has no wheel for Lambda in the requirements: without
        # a hash to compare, pip refuses that.
        "PIP_REQUIRE_HASHES": "1",
    }
    environment.pop("AWS_PROFILE", None)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PackagingFailed(f"{done.stdout}\n{done.stderr}".strip())
    return done.stdout


def main() -> int:
    """Package the project and print the package's path and size."""
    try:
        package = build_package()
    except PackagingFailed as refused:
        sys.stderr.write(f"{refused}\n\nThe package could not be made; the reason is above.\n")
        return 1
    size = package.code.stat().st_size / 1_000_000
    sys.stdout.write(f"{package.code.relative_to(PROJECT)}: {size:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
