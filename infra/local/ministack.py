"""Runs the local AWS engine in this process: as `python -m ministack`, with savings and a right.

`python -P infra/local/ministack.py`, with the Python of the engine's own environment; `-P` keeps
this folder from its path, where this file would stand for the engine. By itself the engine unpacks
a function's package at each cold start, once more for each invocation at the same time: four
thousand files and a second of CPU. Here every worker gets a link to one copy, made when the package
is first needed, and shared by all engines of this checkout. As on AWS, where a function's code is
read-only, nothing writes there. The workers of a package fork from one process that has imported
its modules (`parent.py`), as the environments of AWS start from one snapshot: each would take half
a second of CPU for that by itself. And the grammar of a condition is checked once, and not with
each call: the same few come all the time. And nobody waits for the log of a call, for which the
engine looks each millisecond until there is none.

The engine asks for a right `sqs:SendMessageBatch`, which AWS does not have: there the right to send
a message is the right to send ten. Here it is too.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import importlib
import io
import json
import os
import queue
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import types
import zipfile
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import IO, Any, Self

COPIES = Path(__file__).parents[2] / ".build" / "copies"
"""Where the unpacked packages lie."""

_CODE = "code.zip"
"""The name under which the engine writes the package of a worker that it starts."""

_PARENT = Path(__file__).with_name("parent.py")
_LONGEST_ANSWER = 100
_PIPE = 65_536
"""The most bytes that a pipe holds."""

_CONDITIONS = 4096
"""How many texts of conditions are remembered."""

_PACKAGES = 4
"""Of how many packages the size is remembered, for which the engine reads four thousand entries."""

_making = threading.Lock()


class Written:
    """The file of a function's package, which the engine writes for each worker: kept in memory."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, code: bytes) -> None:
        """Keeps the ZIP file until it is unpacked."""
        _written[self._path] = code


_written: dict[str, bytes] = {}
"""Packages by the path at which the engine believes them."""


def open_file(path: str, mode: str = "r") -> Any:
    """Opens a file for the engine. That of a function's package is not written to the disk."""
    if Path(path).name == _CODE and mode == "wb":
        return Written(path)
    return Path(path).open(mode)


class Shared:
    """A function's package, of which there is one copy: what the engine uses of a ZIP file."""

    def __init__(self, code: bytes) -> None:
        self._code = code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def extractall(self, path: str | PathLike[str]) -> None:
        """Puts a link to the copy in the place of the empty folder `path`."""
        with _making:
            copy = copy_of(self._code)
        Path(path).rmdir()
        Path(path).symlink_to(copy)


@functools.cache
def copy_of(code: bytes) -> Path:
    """Returns the folder of the one unpacked copy of a package, for all engines of this checkout.

    The engine that needs it first unpacks it, and removes copies that no engine uses. One that is
    used is locked for as long as its engine runs, whatever ends that.
    """
    copy = COPIES / hashlib.sha256(code).hexdigest()
    COPIES.mkdir(parents=True, exist_ok=True)
    with (COPIES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            _remove_unused()
            unfinished = copy.with_suffix(".unfinished")
            with zipfile.ZipFile(io.BytesIO(code)) as archive:
                archive.extractall(unfinished)
            unfinished.rename(copy)
        _locked(copy, fcntl.LOCK_SH)
    return copy


def _remove_unused() -> None:
    for copy in COPIES.iterdir():
        if copy.is_dir() and (held := _locked(copy, fcntl.LOCK_EX)) is not None:
            shutil.rmtree(copy)
            os.close(held)


def _locked(copy: Path, kind: int) -> int | None:
    """Locks a folder and returns its open file, whose end ends the lock; None if it is in use."""
    file = os.open(copy, os.O_RDONLY)
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def open_package(path: str) -> Shared | zipfile.ZipFile:
    """Opens a ZIP file for the engine. One that is no function's package is unpacked as ever."""
    code = _written.pop(path, None)
    return zipfile.ZipFile(path) if code is None else Shared(code)


class Parent:
    """The process from which the workers of the package in `copy` fork."""

    def __init__(self, copy: Path) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._one_at_a_time = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(_PARENT), str(theirs.fileno()), str(copy)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()

    def fork(
        self, command: list[str], folder: str, environment: Mapping[str, str], files: list[int]
    ) -> tuple[int, int]:
        """Starts a worker with `files` as its input, output and errors.

        Returns its process id and an open file that becomes readable when it ends. Raises OSError
        if the parent has ended.
        """
        asked = {"command": command, "folder": folder, "environment": dict(environment)}
        with self._one_at_a_time:
            socket.send_fds(self._channel, [json.dumps(asked).encode()], files)
            said, ends, _, _ = socket.recv_fds(self._channel, _LONGEST_ANSWER, 1)
        if not said:
            raise ConnectionResetError("The process from which workers fork has ended.")
        return int(said), ends[0]

    def close(self) -> None:
        """Ends the parent. Its workers go on."""
        self._channel.close()
        self.process.wait()


class Forked:
    """A worker that was forked, with what the engine uses of `subprocess.Popen`."""

    def __init__(
        self, parent: Parent, command: list[str], cwd: str, env: Mapping[str, str]
    ) -> None:
        pipes = [os.pipe() for _ in range(3)]
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        self.stdin = os.fdopen(pipes[0][1], "w", buffering=1)
        self.stdout = os.fdopen(pipes[1][0])
        self.stderr = os.fdopen(pipes[2][0])
        try:
            self.pid, self._end = parent.fork(command, cwd, env, theirs)
        finally:
            for file in theirs:
                os.close(file)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Returns None while the worker runs, and 0 afterwards, however it ended."""
        if self.returncode is None and self._ended(0):
            self.returncode = 0
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Waits until the worker has ended. Raises TimeoutExpired."""
        if self.returncode is None and not self._ended(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        self.returncode = 0
        return self.returncode

    def terminate(self) -> None:
        """Asks the worker to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the worker at once."""
        self._send(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> bool:
        """Waits for some seconds, or without end, and tells whether the worker has ended.

        It polls, since select(2) takes no file whose number is above 1,023.
        """
        waiting = select.poll()
        waiting.register(self._end, select.POLLIN)
        return bool(waiting.poll(None if timeout is None else timeout * 1000))

    def _send(self, what: signal.Signals) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, what)

    def __del__(self) -> None:
        os.close(self._end)


def start_worker(command: list[str], *, cwd: str, env: Mapping[str, str], **options: Any) -> Any:
    """Forks a worker whose package has one copy; any other process starts as ever.

    Where the system has no process files (it is not Linux), every worker starts as ever.
    """
    if command[0] != sys.executable or not Path(cwd).is_symlink() or sys.platform != "linux":
        return subprocess.Popen(command, cwd=cwd, env=env, **options)
    with _making:
        parent = parent_of(Path(cwd).resolve())
    return Forked(parent, command, cwd, env)


@functools.cache
def parent_of(copy: Path) -> Parent:
    """Returns the one parent of the workers whose package lies in `copy`."""
    return Parent(copy)


class Log:
    """The log of a worker: its lines, taken from the pipe in which they lie."""

    def __init__(self, pipe: IO[Any], lines: queue.Queue[str]) -> None:
        self.pipe = pipe
        self._lines = lines
        self._rest = b""
        self._one_at_a_time = threading.Lock()

    def follow(self) -> None:
        """Takes line after line until the worker has ended."""
        while self.take():
            self._has_more(None)

    def take(self) -> bool:
        """Takes all that lies in the pipe, and waits for no more; False if the worker has ended."""
        with self._one_at_a_time:
            while self._has_more(0):
                found = os.read(self.pipe.fileno(), _PIPE)
                *whole, self._rest = (self._rest + found).split(b"\n")
                if not found and self._rest:
                    whole, self._rest = [self._rest], b""
                for line in whole:
                    self._lines.put(line.decode(errors="replace"))
                if not found:
                    return False
        return True

    def _has_more(self, milliseconds: int | None) -> bool:
        waiting = select.poll()
        waiting.register(self.pipe, select.POLLIN)
        return bool(waiting.poll(milliseconds))


def follow_log(worker: Any) -> None:
    """Reads the log of a worker, in the thread that the engine has for it."""
    worker.log = log = Log(worker._proc.stderr, worker._stderr_queue)
    with contextlib.suppress(OSError, ValueError):  # the engine may close the pipe of who has ended
        log.follow()


def written_of(waited: Callable[..., str]) -> Callable[..., str]:
    """Wraps the engine's function `waited`, which returns what a call wrote to the log.

    A function writes its log before its answer. So all of it lies in the pipe when the answer has
    come, and to wait for more, as the engine does, would take longer than most calls.
    """

    @functools.wraps(waited)
    def written(worker: Any, *given: Any, **more: Any) -> str:
        log = getattr(worker, "log", None)
        if log is None or worker._proc is None or worker._proc.stderr is not log.pipe:
            return waited(worker, *given, **more)
        with contextlib.suppress(OSError, ValueError):
            log.take()
        found: str = worker._drain_stderr()
        return found

    return written


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
    tables = importlib.import_module("ministack.services.dynamodb")
    remembered = functools.lru_cache(_CONDITIONS)(tables._condition_syntax_error)
    tables._condition_syntax_error = remembered  # type: ignore[attr-defined]
    functions = importlib.import_module("ministack.services.lambda_svc")
    functions._unzipped_size = functools.lru_cache(_PACKAGES)(functions._unzipped_size)  # type: ignore[attr-defined]
    workers = importlib.import_module("ministack.core.lambda_runtime")
    workers.Worker._read_stderr = follow_log
    workers.Worker._drain_stderr_bounded = written_of(workers.Worker._drain_stderr_bounded)
    workers.subprocess = types.SimpleNamespace(**{**vars(subprocess), "Popen": start_worker})  # type: ignore[attr-defined]
    workers.open = open_file  # type: ignore[attr-defined]
    workers.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": open_package})  # type: ignore[attr-defined]
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
