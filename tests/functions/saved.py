"""A stack that was deployed once, and copies of it for whoever needs one of their own.

Deploying takes some twenty seconds, a copy two. `python -m tests.functions.saved` makes it, so that
no test has to wait for it; who needs it first makes it otherwise. It stands in `.build/stack`, and
is made anew where anything that it was made from has changed, and every few hours: nothing in it
is to look as if it had happened long ago.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.engine import HOST, choose_port
from infra.local.place import PROJECT, Place
from infra.local.stack import LocalStack
from infra.package import build_package
from tests.product import PRODUCT

_KEPT = PROJECT / ".build" / "stack"
_HOURS = 3
_ENGINE = PROJECT / "infra" / "local" / "requirements.txt"


def copy_to(place: Place) -> int:
    """Puts a copy of the saved state in an empty place; the port at which it has to be started.

    Where the saved state names the address or the folder of the stack that was saved, the copy
    names its own.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    port = choose_port(place.port)
    with _saved() as saved:
        before = json.loads((saved / "address.json").read_text("utf-8"))
        shutil.copytree(saved / "state", place.state)
    for path in place.state.glob("*.json"):
        text = path.read_text("utf-8")
        text = text.replace(f"{HOST}:{before['port']}", f"{HOST}:{port}")
        path.write_text(text.replace(before["folder"], str(place.folder)), "utf-8")
    return port


@contextmanager
def _saved() -> Iterator[Path]:
    """The folder of the saved stack, which nobody changes meanwhile."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        saved = _KEPT / "saved"
        if not _is_good(saved):
            shutil.rmtree(saved, ignore_errors=True)
            _save(saved)
        yield saved


def _is_good(saved: Path) -> bool:
    stamp = saved / "made-from"
    return (
        stamp.exists()
        and time.time() - stamp.stat().st_mtime < _HOURS * 3600
        and stamp.read_text() == _made_from()
    )


def _made_from() -> str:
    digest = hashlib.sha256(build_package().digest.encode())
    for path in (PRODUCT, _ENGINE):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _save(saved: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="riserbo-stack-") as folder:
        local = LocalStack(Place(Path(folder)), PRODUCT)
        try:
            local.start()
        finally:
            local.stop()
        saved.mkdir()
        shutil.move(local.place.state, saved / "state")
        address = {"port": local.engine.port, "folder": folder}
        (saved / "address.json").write_text(json.dumps(address), "utf-8")
    (saved / "made-from").write_text(_made_from())


if __name__ == "__main__":
    with _saved():
        pass
