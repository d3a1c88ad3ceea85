"""Walks of the documents: their blocks of commands, what they show, and running them as they are.

Blocks marked `bash` are executed; a block marked `console` that follows one is what it shows, where
`…` stands for anything.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent.parent
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "end of block"
_MINUTES = 5


class Block(NamedTuple):
    """A block of a document, and what the document shows of its output; "" if it shows nothing."""

    language: str
    text: str
    shown: str = ""


def blocks(text: str) -> list[Block]:
    """The blocks of a text in their order; those of output belong to the one before them."""
    fences = _FENCE.findall(text)
    following = [*fences[1:], ("", "")]
    return [
        Block(language, inner, after if kind == "console" else "")
        for (language, inner), (kind, after) in zip(fences, following, strict=True)
        if language != "console"
    ]


def orphans(text: str) -> list[int]:
    """The places, among all blocks, of outputs that belong to no commands."""
    languages = [language for language, _ in _FENCE.findall(text)]
    return [
        index
        for index, language in enumerate(languages)
        if language == "console" and languages[index - 1 : index] != ["bash"]
    ]


def is_shown(shown: str, output: str) -> bool:
    """Whether the output is what is shown, `…` standing for any text, also of several lines."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch(pattern, output.strip().replace("\r", ""), re.DOTALL) is not None


def checkout(folder: Path, *left_out: str) -> None:
    """Makes the project's folder as a newcomer has it, of links to all but what is left out."""
    for entry in PROJECT.iterdir():
        if entry.name not in (".local", ".git", *left_out):
            (folder / entry.name).symlink_to(entry)


def environment(folder: Path) -> dict[str, str]:
    """The environment of commands in such a folder, whose local stack keeps its data there.

    It keeps what finds the Python that the environments were made with: with another Python, the
    commands would make them anew.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYENV_ROOT") if name in os.environ}
    return {**kept, "RISERBO_LOCAL": str(folder / ".local")}


def run(commands: Sequence[Block], folder: Path) -> list[str]:
    """What each block writes, run one after the other in one bash that stops at a failure."""
    script = "set -euo pipefail\n" + "".join(
        f"{block.text}\nprintf '\\n%s\\n' '{_END}'\n" for block in commands
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60 * _MINUTES,
        check=False,
    )
    outputs = done.stdout.split(f"\n{_END}\n")
    assert done.returncode == 0, f"after {len(outputs) - 1} blocks: {outputs[-1]}{done.stderr}"
    assert len(outputs) == len(commands) + 1
    return outputs[:-1]


def wrong(commands: Iterable[Block], outputs: Iterable[str]) -> list[str]:
    """The blocks that wrote another output than the document shows, with both."""
    return [
        f"$ {block.text}\nshown:\n{block.shown}\nwritten:\n{output}"
        for block, output in zip(commands, outputs, strict=True)
        if block.shown and not is_shown(block.shown, output)
    ]
