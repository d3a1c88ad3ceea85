"""`make clean`: forgets the local stack with all its data, unless it is running."""

from __future__ import annotations

import shutil
import sys

from infra.local.place import Place
from infra.local.stack import AlreadyRunning, LocalStack


def main() -> int:
    """Delete the place's folder; 1 if the stack is running."""
    place = Place.chosen()
    if not place.folder.exists():
        return 0
    stack = LocalStack(place)
    try:
        stack.take_lock()
    except AlreadyRunning as running:
        sys.stderr.write(f"It is running: {running}. Stop it with Ctrl-C first.\n")
        return 1
    stack.engine.stop_forgotten()
    shutil.rmtree(place.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
