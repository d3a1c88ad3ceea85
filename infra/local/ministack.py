"""Runs the local AWS engine in this process: as `python -m ministack`, with savings and a right.

`python -P infra/local/ministack.py`, with the Python of the engine's own environment; `-P` keeps
this folder from its path, where this file would stand for the engine. By itself the engine unpacks
a function's package at each cold start, once more for each invocation at the same time: four
thousand files and a second of CPU. Here every worker gets a link to one copy, made when the package
is first needed. As on AWS, where a function's code is read-only, nothing writes there.

The engine asks for a right `sqs:SendMessageBatch`, which AWS does not have: there the right to send
a message is the right to send ten. Here it is too.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import runpy
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import Any

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


def as_aws_names_it(asked: Callable[..., str | None]) -> Callable[..., str | None]:
    """Wraps the engine's function that answers which right a call needs."""

    @functools.wraps(asked)
    def named(*call: Any, **more: Any) -> str | None:
        right = asked(*call, **more)
        return "sqs:SendMessage" if right == "sqs:SendMessageBatch" else right

    return named


if __name__ == "__main__":
    rights = importlib.import_module("ministack.core.iam_actions")
    rights.extract_iam_action = as_aws_names_it(rights.extract_iam_action)  # type: ignore[attr-defined]
    zipfile.ZipFile.extractall = link_copy  # type: ignore[method-assign,assignment]
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
