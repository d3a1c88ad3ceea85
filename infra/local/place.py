"""The folder of the local stack's files: `.local`, or the one that RISERBO_LOCAL names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

PROJECT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one local stack. Tests have their own beside a developer's."""

    folder: Path

    @classmethod
    def chosen(cls) -> Place:
        """The folder that RISERBO_LOCAL names, or `.local` in the project."""
        return cls(Path(os.environ.get("RISERBO_LOCAL") or PROJECT / ".local").absolute())

    @property
    def endpoint(self) -> Path:
        """Holds the base URL while the stack runs."""
        return self.folder / "endpoint"

    @property
    def mailbox(self) -> Path:
        """Holds the URL under which sent mail can be read as JSON, while the stack runs."""
        return self.folder / "mailbox"

    @property
    def clock(self) -> Path:
        """Holds the seconds by which the stack's clock is ahead; absent if it is not."""
        return self.folder / "clock"

    @property
    def ahead(self) -> int:
        """Seconds by which the stack's clock is ahead."""
        return int(self.clock.read_text() or "0") if self.clock.exists() else 0

    def move_clock(self, seconds: int) -> None:
        """Puts the stack's clock ahead by so many seconds; 0 sets it right.

        Functions read the file at each call, at any moment: the file is replaced as a whole, since
        one that is empty for a moment would put the clock back for whoever reads it then.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=self.folder, prefix="clock.", delete=False) as written:
            written.write(f"{seconds}\n")
        Path(written.name).replace(self.clock)

    @property
    def port(self) -> Path:
        """Holds the port of the engine, so that addresses stay the same after a restart."""
        return self.folder / "port"

    @property
    def pid(self) -> Path:
        """Holds the process id of the engine while it runs."""
        return self.folder / "engine.pid"

    @property
    def lock(self) -> Path:
        """Locked by the process that runs the stack."""
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        """The output of the engine and the functions."""
        return self.folder / "engine.log"

    @property
    def state(self) -> Path:
        """The engine's saved state."""
        return self.folder / "state"

    @property
    def scratch(self) -> Path:
        """The folder in which running functions are unpacked; emptied at each start."""
        return self.folder / "scratch"
