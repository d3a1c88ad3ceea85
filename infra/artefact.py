"""The code package: what Chalice zipped, less what no function uses, with reproducible bytes."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

LEFT_OUT = Path(__file__).with_name("left_out.txt")
#: The AWS services that functions call; botocore carries descriptions of some four hundred more.
SERVICES = frozenset({"dynamodb", "kms", "s3", "ses", "sqs", "sts"})
#: Zip's own earliest date: the bytes of a package must not depend on when it was made.
_DATE = (1980, 1, 1, 0, 0, 0)


def patterns(path: Path = LEFT_OUT) -> tuple[str, ...]:
    """The shell patterns of `left_out.txt`, without comments and blank lines."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def is_kept(name: str, left_out: Iterable[str]) -> bool:
    """Whether the zip entry `name` belongs in the package."""
    parts = name.split("/")
    if parts[:2] == ["botocore", "data"] and len(parts) > 3:
        return parts[2] in SERVICES
    return not any(fnmatchcase(name, pattern) for pattern in left_out)


def write_artefact(source: Path, target: Path) -> None:
    """Copy the zip `source` to `target`: trimmed, names sorted, dates and modes fixed."""
    left_out = patterns()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        entries = {entry.filename: entry for entry in old.infolist() if not entry.is_dir()}
        for name in sorted(entries):
            if not is_kept(name, left_out):
                continue
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built: external_attr below is a mode
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            new.writestr(entry, old.read(name), compresslevel=9)
