"""A stack that was deployed once, and copies of it for tests that need one of their own.

It is saved twice: before any notice was published, and with the product's notice in force.
Deploying takes some twenty seconds, a copy two. `python -m tests.functions.saved` makes it, so that
no test has to wait for it; the test that needs it first makes it otherwise. It stands in
`.build/stack`, and is made anew where anything that it was made from has changed, and every few
hours: nothing in it is to look as if it had happened long ago.
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

from chalicelib import settings
from infra.local.engine import HOST, choose_port
from infra.local.place import PROJECT, Place
from infra.local.stack import LocalStack
from infra.package import build_package
from tests.product import PRODUCT

_KEPT = PROJECT / ".build" / "stack"
_DEPLOYED, _PUBLISHED = "deployed", "published"
_HOURS = 3
_ENGINE = PROJECT / "infra" / "local" / "requirements.txt"


def copy_to(place: Place, *, published: bool = True) -> int:
    """Puts a copy of a saved state in an empty place; the port at which it has to be started.

    With `published` the product's notice is in force in it, otherwise none is.
    Where the saved state names the address or the folder of the stack that was saved, the copy
    names its own.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    port = choose_port(place.port)
    with _saved() as saved:
        before = json.loads((saved / "address.json").read_text("utf-8"))
        shutil.copytree(saved / (_PUBLISHED if published else _DEPLOYED), place.state)
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
        all((saved / name).exists() for name in (_DEPLOYED, _PUBLISHED, stamp.name))
        and time.time() - stamp.stat().st_mtime < _HOURS * 3600
        and stamp.read_text() == _made_from()
    )


def _made_from() -> str:
    digest = hashlib.sha256(f"{build_package().digest} {settings.transport()}".encode())
    for path in (PRODUCT, _ENGINE):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _save(saved: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="riserbo-stack-") as folder:
        local = LocalStack(Place(Path(folder)), PRODUCT)
        saved.mkdir()
        try:
            local.deploy()
        finally:
            local.stop()
        shutil.copytree(local.place.state, saved / _DEPLOYED)
        port = local.engine.port
        try:
            local.resume()
            assert local.engine.port == port, "another process took the port meanwhile"
            local.publish(local.notice)
        finally:
            local.stop()
        shutil.move(local.place.state, saved / _PUBLISHED)
        address = {"port": port, "folder": folder}
        (saved / "address.json").write_text(json.dumps(address), "utf-8")
    (saved / "made-from").write_text(_made_from())


if __name__ == "__main__":
    with _saved():
        pass
