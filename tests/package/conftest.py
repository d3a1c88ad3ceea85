"""The package that all tests of this folder look at."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.functions import Function, read_functions
from infra.package import PROJECT, Package, build_package
from infra.stacks import OPERATIONS
from tests.package.isolated import run_isolated


@pytest.fixture(scope="session")
def package() -> Package:
    """The package of the project as it is."""
    return build_package()


@pytest.fixture(scope="session")
def template(package: Package) -> dict[str, Any]:
    """The app stack's template as it is deployed."""
    document: dict[str, Any] = json.loads(package.template.read_text("utf-8"))
    return document


@pytest.fixture(scope="session")
def log_groups(package: Package) -> dict[str, Any]:
    """The template of the log groups' stack as it is deployed."""
    document: dict[str, Any] = json.loads(package.logs.read_text("utf-8"))
    return document


@pytest.fixture(scope="session")
def watching(package: Package) -> dict[str, Any]:
    """The template of the stack of alarms and dashboard as it is deployed."""
    document: dict[str, Any] = json.loads(package.alarms.read_text("utf-8"))
    return document


@pytest.fixture(scope="session")
def alarms(watching: dict[str, Any]) -> dict[str, Any]:
    """The properties of the alarms on single metrics, by name."""
    return {
        name: found["Properties"]
        for name, found in watching["Resources"].items()
        if found["Type"] == "AWS::CloudWatch::Alarm"
    }


@pytest.fixture(scope="session")
def operations() -> dict[str, Any]:
    """The operations stack's template."""
    document: dict[str, Any] = yaml.safe_load(OPERATIONS.read_text("utf-8"))
    return document


@pytest.fixture(scope="session")
def functions() -> tuple[Function, ...]:
    """Every function of the project."""
    return read_functions(PROJECT)


@pytest.fixture(scope="session")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the package holds, as a function finds it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package.code) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def loaded(unpacked: Path, functions: tuple[Function, ...]) -> dict[str, frozenset[str]]:
    """The modules that each function's handler loads, in a process of its own, by function."""
    found = {}
    for function in functions:
        module, _, entry = function.handler.rpartition(".")
        code = f"from {module} import {entry}\nassert callable({entry})\nanswer(list(sys.modules))"
        found[function.name] = frozenset(run_isolated(unpacked, code))
    return found
