"""Says what the version in force lacks for this release: `python -m infra.lacking`.

An operator's command: it runs with the settings of a stage in the environment and the rights of its
caller. The version may have been published by an older release; the operations that need what it
lacks answer 503 `notice-too-old` until a version of this release is in force.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from chalicelib.catalogue import STORED
from chalicelib.errors import NoticeTooOld, Problem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice


def lacking(notice: Notice) -> Iterator[str]:
    """Yields the names of what a version lacks: working days, kinds and fields, retention rules."""
    try:
        _ = notice.working_days
    except NoticeTooOld as found:
        yield found.missing
    for kind in STORED.values():
        try:
            notice.refuse_undeclared(kind.name, kind.fields)
            for rule in kind.rules:
                notice.rule(kind.name, rule.event)
        except NoticeTooOld as found:
            yield found.missing


def main() -> int:
    """Prints a line for each thing that the version in force lacks; none where there is none."""
    try:
        notice = notices.current()
    except Problem:  # nothing is published yet
        return 0
    for missing in lacking(notice):
        sys.stdout.write(f"{notice.version} {missing}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
