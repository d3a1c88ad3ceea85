"""The code package: Chalice's zip without unused files, and with every module compiled.

Run as a program, `python -I -S artefact.py <zip of Chalice> <package>`, it writes the package.
Packaging runs it so, in a fresh interpreter that imports only the standard library: the bytes of a
compiled module may depend on the other objects in the process.
"""

from __future__ import annotations

import ast
import gzip
import json
import marshal
import re
import stat
import sys
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from typing import Any

LEFT_OUT = Path(__file__).with_name("left_out.txt")
#: The AWS services that functions call; botocore carries descriptions of some four hundred more.
SERVICES = frozenset({"dynamodb", "kms", "s3", "ses", "sqs", "sts"})
#: Their names in botocore's list of endpoints, where that of SES is another.
ENDPOINTS = SERVICES - {"ses"} | {"email"}
#: Where the languages that the software speaks have their words, a folder each.
_WORDS = re.compile(r"chalicelib/pages/words/([a-z]+)/")
#: Babel's data of a language, or of a language in a region of several countries (UN M49).
_LOCALE = re.compile(r"babel/locale-data/([a-z]+)(_\d{3})?\.dat")
_MODEL = re.compile(r"botocore/data/[^/]+/[^/]+/service-2\.json\.gz")
_ENDPOINTS_FILE = "botocore/data/endpoints.json"
#: Shell patterns of this software's modules, which are shipped with their sources.
OWN = ("app.py", "chalicelib/*.py", "functions/*.py")
#: Those of them that a program wrote: no traceback would ever quote their sources.
WRITTEN = ("chalicelib/pages/compiled/*.py",)

#: Where Lambda unpacks a package. Tracebacks of compiled modules name the sources there.
TASK_ROOT = "/var/task"
#: Zip's own earliest date: the bytes of a package must not depend on when it was made.
_DATE = (1980, 1, 1, 0, 0, 0)
#: The statements that may have a docstring.
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
#: PEP 552: the file carries the hash of its source, and Python does not compare it on import.
_UNCHECKED_HASH = 0b01


def patterns(path: Path = LEFT_OUT) -> tuple[str, ...]:
    """The shell patterns of `left_out.txt`, without comments and blank lines."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def languages(names: Iterable[str]) -> frozenset[str]:
    """The languages that the software speaks, from the names of the zip's entries."""
    return frozenset(found[1] for name in names if (found := _WORDS.match(name)))


def is_kept(name: str, left_out: Iterable[str], spoken: Collection[str]) -> bool:
    """Whether the zip entry `name` belongs in the package.

    Of Babel's locales these are kept: `root`, the `spoken` languages, and those languages in
    regions of several countries, from which they may inherit (UTS 35, part 1, section 4.1.2).
    """
    parts = name.split("/")
    if parts[:2] == ["babel", "locale-data"]:
        locale = _LOCALE.fullmatch(name)
        return locale is not None and (locale[1] == "root" or locale[1] in spoken)
    if parts[:2] == ["botocore", "data"] and len(parts) > 3:
        return parts[2] in SERVICES
    return not any(fnmatchcase(name, pattern) for pattern in left_out)


def trimmed_endpoints(document: bytes) -> bytes:
    """Botocore's list of endpoints without those of services that no function calls.

    A first client reads the whole list, whatever its service: 1.3 MB as botocore ships it.
    """
    endpoints = json.loads(document)
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in ENDPOINTS}
    return json.dumps(endpoints, separators=(",", ":")).encode()


def trimmed_model(packed: bytes) -> bytes:
    """Botocore's description of a service, a gzip file, without its documentation.

    The documentation is four fifths of it, and a first client of the service reads all of it.
    """
    model = json.loads(gzip.decompress(packed), object_hook=_undescribed)
    # Botocore reads that of these parameters by its name, with each call of S3.
    for parameter in model.get("clientContextParams", {}).values():
        parameter["documentation"] = ""
    return gzip.compress(json.dumps(model, separators=(",", ":")).encode(), 9, mtime=0)


def _undescribed(found: dict[str, Any]) -> dict[str, Any]:
    # A member of that name is a description only where it is a text: a shape may be called so too.
    return {k: v for k, v in found.items() if k != "documentation" or not isinstance(v, str)}


def compiled_name(name: str) -> str:
    """The zip entry where the running Python looks for the compiled file of the module `name`."""
    return cache_from_source(name, optimization="")


def is_alone(name: str) -> bool:
    """Whether the module `name` is shipped compiled alone, without its source.

    So are all of a dependency, whose sources its pinned version has. A pattern's star matches
    folders, too.
    """
    own = any(fnmatchcase(name, pattern) for pattern in OWN)
    return not own or any(fnmatchcase(name, pattern) for pattern in WRITTEN)


def undocumented(module: ast.Module) -> ast.Module:
    """Returns `module`, changed in place, without the docstrings of itself and its functions.

    Nothing reads them at run time, and every cold start would load them. The docstring of a class
    becomes a full stop: a dataclass without any would write its signature there, which costs more
    at each cold start than the text did. Lines keep their numbers.
    """
    for node in _statements(module):
        if not isinstance(node, _DOCUMENTED) or ast.get_docstring(node, clean=False) is None:
            continue
        statement = node.body[0]
        if isinstance(node, ast.ClassDef):
            node.body[0] = ast.copy_location(ast.Expr(ast.Constant(".")), statement)
            ast.fix_missing_locations(node.body[0])
        else:
            node.body[:1] = [] if len(node.body) > 1 else [ast.copy_location(ast.Pass(), statement)]
    return module


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yields a node and the statements in it: no expression has a docstring in it."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield from _statements(child)


def compiled(name: str, source: bytes) -> bytes:
    """Returns the compiled file of the module `name`, with an unchecked hash (PEP 552).

    It depends only on name, source and Python version. Raises SyntaxError for invalid source.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings about a dependency's text are for its authors
        code = compile(
            undocumented(ast.parse(source)),
            f"{TASK_ROOT}/{name}",
            "exec",
            dont_inherit=True,
            optimize=0,
        )
    flags = _UNCHECKED_HASH.to_bytes(4, "little")
    return MAGIC_NUMBER + flags + source_hash(source) + marshal.dumps(code)


def write_artefact(source: Path, target: Path) -> None:
    """Copy the zip `source` to `target`, trimmed and with its modules compiled.

    Names are sorted, dates and modes are fixed. Raises SyntaxError for an invalid module.
    """
    left_out = patterns()
    with zipfile.ZipFile(source) as old:
        names = [entry.filename for entry in old.infolist() if not entry.is_dir()]
        spoken = languages(names)
        contents = {
            name: old.read(name) for name in sorted(names) if is_kept(name, left_out, spoken)
        }
    contents[_ENDPOINTS_FILE] = trimmed_endpoints(contents[_ENDPOINTS_FILE])
    for name in filter(_MODEL.fullmatch, contents):
        contents[name] = trimmed_model(contents[name])
    modules = [name for name in contents if name.endswith(".py")]
    contents |= {compiled_name(name): compiled(name, contents[name]) for name in modules}
    for name in filter(is_alone, modules):
        del contents[name]
        contents[f"{name}c"] = contents.pop(compiled_name(name))  # read where there is no source
    with zipfile.ZipFile(target, "w") as new:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built: external_attr below is a mode
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            new.writestr(entry, content, compresslevel=9)


if __name__ == "__main__":
    write_artefact(Path(sys.argv[1]), Path(sys.argv[2]))
