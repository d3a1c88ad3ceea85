"""Makes the list of common and breached passwords that the product ships.

`python -m infra.breached COLLECTION...` reads collections of passwords, each a text file (UTF-8,
one password a line), and writes `chalicelib/accounts/breached.bin`. Their names, and how to extract
their text files from the published archives, stand in `chalicelib/accounts/breached.md`. The same
collections give the same bytes.

Collections of breached passwords hold millions, most of them seen once and never chosen again, and
do not say how often each was seen. A password is kept if it is seen more than once: in two
spellings, in two collections, or as the beginning of a longer password.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from chalicelib.accounts.breached import LIST, digest, normal_form
from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN

#: How often a password has to be seen to be kept.
SEEN = 2


def read_collection(path: Path) -> Iterator[str]:
    """Yields the passwords of a text file, without lines that are not UTF-8."""
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield line.rstrip(b"\r\n").decode("utf-8")
            except UnicodeDecodeError:
                continue


def choose(passwords: Iterable[str]) -> list[str]:
    """Lists the normal forms to keep, sorted: of a permitted length, seen `SEEN` times or more."""
    seen = Counter(
        form for form in map(normal_form, passwords) if PASSWORD_MIN <= len(form) <= PASSWORD_MAX
    )
    return sorted(form for form, times in _with_longer_ones(seen).items() if times >= SEEN)


def _with_longer_ones(seen: Mapping[str, int]) -> Counter[str]:
    """Counts how often each was seen, alone or as the beginning of a longer one."""
    total: Counter[str] = Counter()
    beginnings: list[str] = []
    # Sorted, a password comes right before all that begin with it.
    for form in sorted(seen):
        while beginnings and not form.startswith(beginnings[-1]):
            beginnings.pop()
        beginnings.append(form)
        for beginning in beginnings:
            total[beginning] += seen[form]
    return total


def write_list(forms: Iterable[str], target: Path) -> int:
    """Writes the digests of passwords, sorted, and returns their number."""
    entries = sorted({digest(form) for form in forms})
    target.write_bytes(b"".join(entries))
    return len(entries)


def main() -> int:
    """Make the list from the named collections and print its size."""
    collections = [Path(argument) for argument in sys.argv[1:]]
    missing = [str(path) for path in collections if not path.is_file()]
    if missing or not collections:
        sys.stderr.write(f"Name the collections' text files. Not found: {', '.join(missing)}\n")
        return 1
    kept = choose(line for path in collections for line in read_collection(path))
    count = write_list(kept, LIST)
    sys.stdout.write(f"{LIST.name}: {count} passwords, {LIST.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
