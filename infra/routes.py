"""The capability that serves each path, read from the routes of `app.py`.

Run as a program in a folder that holds the app, it prints that as JSON; packaging runs it in a
process of its own because it imports the whole app.
"""

from __future__ import annotations

import importlib
import json
import sys

_ROOMS = ("functions.http.", "functions.pages.")
"""Where a capability's operations and its pages are: one function serves both."""


def served_by() -> dict[str, str]:
    """Returns, by path, the name of the capability whose modules hold the path's views.

    Raises ValueError for a path whose methods belong to several capabilities, and for a view
    outside `functions/http` and `functions/pages`.
    """
    routes = importlib.import_module("app").app.routes
    found: dict[str, str] = {}
    for path, methods in routes.items():
        names = {_capability(entry.view_function.__module__) for entry in methods.values()}
        if len(names) != 1 or not (name := names.pop()):
            raise ValueError(f"{path} must be served by exactly one capability of functions/")
        found[path] = name
    return found


def _capability(module: str) -> str:
    """Returns the capability that a module of views belongs to; empty for another module."""
    room = next((one for one in _ROOMS if module.startswith(one)), None)
    return "" if room is None else module.removeprefix(room)


if __name__ == "__main__":
    sys.path.insert(0, ".")
    sys.stdout.write(json.dumps(served_by()))
