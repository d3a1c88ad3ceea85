"""Runs the local AWS engine in this process: as `python -m ministack`, with two savings.

`python -P infra/local/ministack.py`, with the Python of the engine's own environment; `-P` keeps
this folder from its path, where this file would stand for the engine. By itself the engine unpacks
a function's package at each cold start, once more for each invocation at the same time: four
thousand files and a second of CPU. Here every worker gets a link to one copy, made when the package
is first needed. As on AWS, where a function's code is read-only, nothing writes there.
"""

from __future__ import annotations

import hashlib
import runpy
import tempfile
import threading
import zipfile
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

_CODE = "code.zip"
"""The name under which the engine writes the package of a worker that it starts."""

_extract = zipfile.ZipFile.extractall
_making = threading.Lock()


def link_copy(
    archive: zipfile.ZipFile,
    path: str | PathLike[str] | None = None,
    members: Iterable[str | zipfile.ZipInfo] | None = None,
    pwd: bytes | None = None,
) -> None:
    """Puts a link to the package's only copy in the place of the empty folder `path`.

    An archive that is no function's package is unpacked there as ever.
    """
    if archive.filename is None or Path(archive.filename).name != _CODE or path is None:
        _extract(archive, path, members, pwd)
        return
    copy = _copy_of(archive, Path(archive.filename).read_bytes())
    Path(path).rmdir()
    Path(path).symlink_to(copy)


def _copy_of(archive: zipfile.ZipFile, content: bytes) -> Path:
    copies = Path(tempfile.gettempdir(), "packages")
    copy = copies / hashlib.sha256(content).hexdigest()
    with _making:
        if not copy.exists():
            unfinished = copy.with_suffix(".unfinished")
            _extract(archive, unfinished)
            unfinished.rename(copy)
    return copy


if __name__ == "__main__":
    zipfile.ZipFile.extractall = link_copy  # type: ignore[method-assign,assignment]
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
