"""`make run`: the whole product on this machine, until Ctrl-C.

It serves the notice document that `NOTICE=` names, or the example, prints a line for each step and
`ready: <base URL>`, and keeps the data when Ctrl-C stops it.
"""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.engine import EngineFailed
from infra.local.place import Place
from infra.local.stack import AlreadyRunning, LocalStack
from infra.notice_document import NoticeUnusable, chosen, notice_of
from infra.package import PackagingFailed
from infra.publication import PublishingFailed
from infra.stacks import DeploymentFailed

_REMEDIES: dict[type[Exception], str] = {
    PackagingFailed: "Packaging failed. Correct what is named above and run it again.",
    EngineFailed: (
        "The local AWS engine failed. If it happens again, `make clean` forgets all its data."
    ),
    BotoCoreError: "The local AWS engine could not be reached.",
    ClientError: "The local AWS engine refused a request.",
    DeploymentFailed: (
        "A stack could not be deployed. `make check` validates the templates, "
        "`make clean` forgets a stack that is stuck."
    ),
    PublishingFailed: (
        "The notice was not published, since the data that was kept has another one. A changed "
        "text needs a later version; `make clean` forgets the data."
    ),
}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _remedy(failed: Exception) -> str:
    return next(text for kind, text in _REMEDIES.items() if isinstance(failed, kind))


def _end(_signal: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    # A second signal would cut the save short and lose data, so only the first one counts.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def main() -> int:
    """Run the local stack until a signal; 0 if it stopped as asked, 1 if a step failed."""
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    try:
        notice_of(chosen())
    except NoticeUnusable as unusable:
        sys.stderr.write(f"{unusable}\n")
        return 1
    stack = LocalStack(Place.chosen(), chosen(), _say)
    try:
        code = _run(stack)
    except KeyboardInterrupt:
        code = 0
    finally:
        _ignore_signals()
        stopped = _stop(stack)
    return code or stopped


def _run(stack: LocalStack) -> int:
    try:
        stack.start()
    except AlreadyRunning as running:
        _say(f"It is already running: {running}")
        return 1
    except tuple(_REMEDIES) as failed:
        _say(f"\n{failed}\n\n{_remedy(failed)}\nLog of the engine: {stack.place.log}")
        return 1
    _say(f"mail: {stack.engine.mailbox}")
    _say(f"ready: {stack.base_url}")
    while stack.engine.is_running():
        time.sleep(0.5)
    _say(f"The engine ended by itself. Log: {stack.place.log}")
    return 1


def _stop(stack: LocalStack) -> int:
    if stack.engine.is_running():
        _say("stopping; the data is kept")
    try:
        stack.stop()
    except EngineFailed as failed:
        _say(str(failed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
