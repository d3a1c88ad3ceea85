"""The process from which the local engine's workers fork: it has imported a package's modules once.

`python -P infra/local/parent.py SOCKET FOLDER`, where SOCKET is the number of a socket that is open
and FOLDER holds an unpacked package. It imports everything that the package's functions may need
and nothing of a function itself, since that sets up its log and its output. Each message of the
socket is a worker to start: the words of its command, its folder and its environment as JSON, with
its input, output and errors as open files. The answer is its process id, with a file that becomes
readable when the process ends. This process ends with the engine, which closes the socket then.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
from types import ModuleType
from typing import Any

LONGEST = 200_000
"""The longest message in bytes; one environment of Lambda is 4 KB at most."""

_OWN = "chalicelib"
_LIBRARIES = (
    "argon2",
    "babel.dates",
    "boto3.session",
    "botocore.handlers",
    "botocore.httpsession",
    "botocore.regions",
    "botocore.signers",
    "chalice.app",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.ciphers.aead",
    "email_validator",
    "jinja2",
    "jsonschema",
    "jwt",
    "pynamodb.models",
    "segno",
    "zxcvbn",
)
"""Modules that functions import where they first need them."""


def main(channel: socket.socket, folder: str) -> None:
    """Imports the modules of the package in `folder` and starts workers until the engine ends."""
    sys.path.insert(0, folder)
    _import_all()
    sys.path.remove(folder)
    gc.freeze()  # A collection in a worker would copy the pages that all of them share.
    signal.signal(signal.SIGCHLD, _collect)
    while True:
        asked, files, _, _ = socket.recv_fds(channel, LONGEST, 3)
        if not asked:
            return
        # Until it has a file of it, no worker that ends at once is taken note of.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        worker = os.fork()
        if worker == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            channel.close()
            _become(json.loads(asked), files)
            return
        for file in files:
            os.close(file)
        end = os.pidfd_open(worker)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        socket.send_fds(channel, [str(worker).encode()], [end])
        os.close(end)


def _import_all() -> None:
    """Imports what can be imported; what fails does so again in the worker, which says so."""
    for name in _LIBRARIES:
        _import(name)
    if (own := _import(_OWN)) is not None:
        for module in pkgutil.walk_packages(own.__path__, f"{_OWN}.", onerror=lambda _: None):
            _import(module.name)


def _import(name: str) -> ModuleType | None:
    with contextlib.suppress(Exception):
        return importlib.import_module(name)
    return None


def _collect(*_: object) -> None:
    """Takes note of the workers that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _become(asked: dict[str, Any], files: list[int]) -> None:
    """Runs the worker's command here, as a process of its own would."""
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = asked["command"][1:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
