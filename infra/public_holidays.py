"""Writes the public holidays of all countries out of the library `holidays`.

`python -m infra.public_holidays` rewrites `chalicelib/requests/clock/public_holidays.txt`; a test
fails when the file is not what this would write with the version of the library that is installed.
The library itself is not part of the package: docs/decisions says why.
"""

from __future__ import annotations

import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

import holidays
from holidays.constants import PUBLIC

from chalicelib.requests.clock.calendar import FILE, YEARS

_ABOUT = """\
# Public holidays by country and year, from the library holidays {version} (category public).
# Written by `python -m infra.public_holidays`."""


def document() -> str:
    """The text of the file, for all countries that the library knows."""
    about = _ABOUT.format(version=version("holidays"))
    codes = sorted(holidays.list_supported_countries(include_aliases=False))
    return "\n\n".join([about, *map(_section, codes)]) + "\n"


def _section(country: str) -> str:
    by_year: dict[int, list[date]] = defaultdict(list)
    for day in _days(country):
        by_year[day.year].append(day)
    lines = [f"{year} {' '.join(f'{day:%m%d}' for day in by_year[year])}" for year in by_year]
    return "\n".join([country, *lines])


def _days(country: str) -> Iterator[date]:
    with warnings.catch_warnings():
        # A country whose years the library does not all know has fewer lines.
        warnings.simplefilter("ignore")
        found = holidays.country_holidays(country, years=YEARS, categories=PUBLIC)
    # Some holidays are moved into a year that was not asked for.
    return (day for day in sorted(found) if day.year in YEARS)


def main() -> int:
    """Write the file."""
    FILE.write_text(document(), "ascii")
    sys.stdout.write(f"wrote {FILE.name}: {FILE.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
