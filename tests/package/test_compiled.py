"""The package's compiled modules: all there, made of its sources, and what functions load."""

from __future__ import annotations

import marshal
import shutil
import sys
import zipfile
from fnmatch import fnmatchcase
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from infra.artefact import WRITTEN, compiled, compiled_name, is_alone
from infra.functions import Function
from infra.package import PROJECT, Package, PackagingFailed, build_package, refuse_other_runtime
from tests.package.isolated import run_isolated

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
#: Records which sources Python compiles from here on; a function on Lambda would do so each time.
_COMPILING = """
import importlib
from importlib.machinery import SourceFileLoader
compiling, compile_source = [], SourceFileLoader.source_to_code
def source_to_code(self, data, path, **options):
    compiling.append(path)
    return compile_source(self, data, path, **options)
SourceFileLoader.source_to_code = source_to_code
"""


@pytest.fixture(scope="module")
def contents(package: Package) -> dict[str, bytes]:
    with zipfile.ZipFile(package.code) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _modules(contents: dict[str, bytes]) -> list[str]:
    return [name for name in contents if name.endswith(".py")]


def test_every_module_has_its_compiled_file_and_no_other_is_there(
    contents: dict[str, bytes],
) -> None:
    found = {name for name in contents if name.endswith((".pyc", ".pyo")) or "__pycache__" in name}
    alone = set(_alone(contents))
    assert found == {compiled_name(name) for name in _modules(contents)} | alone
    assert len(found) > 1000  # dependencies have theirs too


def _alone(contents: dict[str, bytes]) -> list[str]:
    """Compiled files without a source beside them."""
    return [name for name in contents if name.endswith(".pyc") and is_alone(name[:-1])]


def test_only_own_modules_have_sources_but_those_that_a_program_wrote(
    contents: dict[str, bytes],
) -> None:
    tops = {name.split("/")[0] for name in _modules(contents)}
    assert tops == {"app.py", "chalicelib", "functions"}
    assert not [name for name in _modules(contents) if is_alone(name)]
    written = [f"{pattern}c" for pattern in WRITTEN]
    assert [name for name in contents if fnmatchcase(name, *written)]


def test_a_module_without_its_source_is_loaded(unpacked: Path) -> None:
    modules = ["zxcvbn.frequency_lists", "phonenumbers.data.region_IT", "botocore.client"]
    code = f"""
from importlib import import_module
answer([import_module(name).__file__ for name in {modules!r}])
"""
    places = [f"{name.replace('.', '/')}.pyc" for name in modules]
    assert run_isolated(unpacked, code) == [str(unpacked / place) for place in places]


def test_no_template_of_a_page_is_compiled_when_it_is_used(unpacked: Path) -> None:
    rooms = PROJECT / "chalicelib"
    pages = sorted(str(path.relative_to(rooms)) for path in rooms.rglob("*.html.j2"))
    code = f"""
from jinja2 import Environment
compiled, compile = [], Environment.compile
def compiling(self, source, name=None, *more, **options):
    compiled.append(name)
    return compile(self, source, name, *more, **options)
Environment.compile = compiling
from chalicelib.pages.environment import template
for name in {pages!r}:
    template(name)
template("mail/templates/copy_ready.it.txt.j2")
answer(compiled)
"""
    assert run_isolated(unpacked, code) == ["mail/templates/copy_ready.it.txt.j2"]


def test_compiled_files_are_those_of_the_sources_beside_them(contents: dict[str, bytes]) -> None:
    # Nobody compares them at import, so a stale one would run in place of its source.
    for name in _modules(contents):
        made = contents[compiled_name(name)]
        assert made[:4] == MAGIC_NUMBER, name
        assert int.from_bytes(made[4:8], "little") == 0b01, name  # PEP 552: hash, unchecked
        assert made[8:16] == source_hash(contents[name]), name


def test_tracebacks_name_the_sources_where_lambda_unpacks_them(contents: dict[str, bytes]) -> None:
    for name in _modules(contents):
        code = marshal.loads(contents[compiled_name(name)][16:])
        assert isinstance(code, CodeType)
        assert code.co_filename == f"/var/task/{name}"


_OWN = b'''"""Told of the module."""
from __future__ import annotations

from dataclasses import dataclass

@dataclass
class Pair:
    """Told of the class."""

    left: int
    """Told of a member."""

def asserted():
    "Told of the function."
    assert False

def empty():
    "Told of nothing else."
'''


def test_modules_are_compiled_without_docstrings_and_with_assertions() -> None:
    found: dict[str, Any] = {}
    exec(marshal.loads(compiled("found.py", _OWN)[16:]), found)
    assert "__doc__" not in found or found["__doc__"] is None
    assert found["Pair"](1).left == 1
    assert found["Pair"].__doc__ == "."  # nothing at all would become the signature, at a cost
    assert found["asserted"].__doc__ is None
    assert found["empty"].__doc__ is None
    assert found["empty"]() is None
    with pytest.raises(AssertionError) as failed:
        found["asserted"]()
    assert failed.traceback[-1].lineno == 14  # counted from zero: the line is that of the source


def test_no_function_compiles_a_source_when_it_starts(
    unpacked: Path, functions: tuple[Function, ...]
) -> None:
    modules = [function.handler.rpartition(".")[0] for function in functions]
    before = set(unpacked.rglob("*"))
    code = f"""{_COMPILING}
for module in {modules!r}:
    importlib.import_module(module)
from chalicelib.storage import connection
connection.connection().client
from argon2 import PasswordHasher
from jinja2 import Environment
from jsonschema import Draft202012Validator
from phonenumbers import parse
from zxcvbn import zxcvbn
loaded = [module for module in sys.modules.values() if getattr(module, "__cached__", None)]
answer([compiling, [module.__cached__ for module in loaded]])
"""
    compiling, cached = run_isolated(unpacked, code)
    assert compiling == []
    ours = [path for path in cached if path.startswith(f"{unpacked}/")]
    assert len(ours) > 300
    assert [path for path in ours if not Path(path).exists()] == []
    assert set(unpacked.rglob("*")) == before


def test_a_module_without_a_compiled_file_would_be_noticed(unpacked: Path, tmp_path: Path) -> None:
    shutil.copytree(unpacked / "chalicelib", tmp_path / "chalicelib")
    (tmp_path / compiled_name("chalicelib/clock.py")).unlink()
    code = f"{_COMPILING}\nimport chalicelib.clock\nanswer(compiling)"
    assert run_isolated(tmp_path, code) == [f"{tmp_path}/chalicelib/clock.py"]


def test_the_compiling_python_is_the_runtime_s(template: dict[str, Any]) -> None:
    refuse_other_runtime(template, sys.version_info[:2])
    runtimes = [
        found["Properties"]["Runtime"]
        for found in template["Resources"].values()
        if found["Type"] == "AWS::Serverless::Function"
    ]
    assert set(runtimes) == {RUNTIME}
    with pytest.raises(PackagingFailed, match=rf"compiled by python3\.9, .* Consents: {RUNTIME}"):
        refuse_other_runtime(template, (3, 9))
    with pytest.raises(PackagingFailed, match="not the runtime of any function"):
        refuse_other_runtime({"Resources": {}}, (3, 13))


def test_the_same_sources_in_another_folder_give_the_same_bytes(
    package: Package, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "a longer way" / "elsewhere"
    for source in ("chalicelib", "functions", "infra", ".chalice"):
        shutil.copytree(
            PROJECT / source,
            elsewhere / source,
            ignore=shutil.ignore_patterns("__pycache__"),
            copy_function=shutil.copyfile,  # with dates of their own
        )
    for source in ("app.py", "requirements.txt"):
        shutil.copyfile(PROJECT / source, elsewhere / source)
    again = build_package(elsewhere, tmp_path / "output")
    assert again.code.read_bytes() == package.code.read_bytes()
    assert again.template.read_bytes() == package.template.read_bytes()
    assert again.digest == package.digest
