"""The local AWS engine (ministack) as a process: start it, find it ready, stop it gracefully."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from infra.local.place import PROJECT, Place

REGION = "eu-south-1"
HOST = "127.0.0.1"
_MINISTACK = Path(__file__).with_name("ministack.py")
_START_SECONDS = 60
_STOP_SECONDS = 60


class EngineFailed(Exception):
    """The engine did not start or did not stop; the text says what to do."""


class Engine:
    """One engine on a loopback port, with its state in a `Place`."""

    def __init__(self, place: Place, python: Path | None = None) -> None:
        self._place = place
        self._python = python or PROJECT / ".venv-engine" / "bin" / "python"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Endpoint of every AWS service."""
        return f"http://{HOST}:{self.port}"

    @property
    def mailbox(self) -> str:
        """URL under which sent mail can be read as JSON."""
        return f"{self.url}/_ministack/ses/messages"

    def start(self) -> None:
        """Start the engine and wait until it answers. Raises EngineFailed."""
        if not self._python.exists():
            raise EngineFailed(f"{self._python} is missing: run `make setup`.")
        self.stop_forgotten()
        self.port = choose_port(self._place.port)
        shutil.rmtree(self._place.scratch, ignore_errors=True)
        self._place.scratch.mkdir(parents=True)
        self._place.state.mkdir(exist_ok=True)
        with self._place.log.open("wb") as log:
            # A session of its own: Ctrl-C reaches only this process, which then stops it
            # gracefully.
            self._process = subprocess.Popen(
                [str(self._python), "-P", str(_MINISTACK)],
                cwd=self._place.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._place.pid.write_text(str(self._process.pid))
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the engine and wait until it has saved its state. Raises EngineFailed."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise EngineFailed(
                f"The engine had to be killed and may have lost its last changes. "
                f"Log: {self._place.log}"
            ) from None
        finally:
            self._process = None
            self._place.pid.unlink(missing_ok=True)
            shutil.rmtree(self._place.scratch, ignore_errors=True)

    def kill(self) -> None:
        """Kills the engine and its functions at once; its unsaved state is lost."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # its session, which holds the functions
        self._process.wait()
        self._process = None
        self._place.pid.unlink(missing_ok=True)

    def is_running(self) -> bool:
        """Tells whether the process that was started is still running."""
        return self._process is not None and self._process.poll() is None

    def stop_forgotten(self) -> None:
        """Stops an engine whose starter was killed, since it still holds the state."""
        if not self._place.pid.exists():
            return
        pid = int(self._place.pid.read_text())
        until = time.monotonic() + _STOP_SECONDS
        while _is_engine(pid):
            if time.monotonic() > until:
                raise EngineFailed(f"An engine is still running: end process {pid} first.")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            time.sleep(0.5)
        self._place.pid.unlink()

    def _environment(self) -> dict[str, str]:
        # Functions inherit this environment, so it holds none of the user's variables.
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self._place.scratch),
            "TMPDIR": str(self._place.scratch),
            "GATEWAY_PORT": str(self.port),
            # Without it the engine listens on every address of the machine.
            "BIND_HOST": HOST,
            # The host in the addresses of queues and others: "localhost" may resolve to ::1.
            "MINISTACK_HOST": HOST,
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "MINISTACK_REGION": REGION,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._place.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self._place.state / "s3"),
        }

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if not self.is_running():
                raise EngineFailed(f"The engine ended at once. Log: {self._place.log}")
            if self._answers():
                return
            time.sleep(0.1)
        raise EngineFailed(f"The engine did not answer in time. Log: {self._place.log}")

    def _answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/ready")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _is_engine(pid: int) -> bool:
    command = ["ps", "-p", str(pid), "-o", "stat=,command="]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return "ministack" in shown and not shown.startswith("Z")


def choose_port(kept: Path) -> int:
    """Returns the last port if it is free, so that addresses stay the same; else any free one."""
    last = int(kept.read_text()) if kept.exists() else 0
    for port in (last, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            chosen: int = probe.getsockname()[1]
            kept.write_text(str(chosen))
            return chosen
    raise EngineFailed("No free port on the loopback interface.")
