"""The capability that serves each path, read from the routes of `app.py`.

Run as a program in a folder that holds the app, it prints that as JSON; packaging runs it in a
process of its own because it imports the whole app.
"""

from __future__ import annotations

import importlib
import json
import sys

_HTTP = "functions.http."


def served_by() -> dict[str, str]:
    """Returns, by path, the name of the capability whose module holds the path's views.

    Raises ValueError for a path whose methods belong to several capabilities, and for a view
    outside `functions/http`.
    """
    routes = importlib.import_module("app").app.routes
    found: dict[str, str] = {}
    for path, methods in routes.items():
        modules = {entry.view_function.__module__ for entry in methods.values()}
        if len(modules) != 1 or not (module := modules.pop()).startswith(_HTTP):
            raise ValueError(f"{path} must be served by exactly one module of functions/http")
        found[path] = module.removeprefix(_HTTP)
    return found


if __name__ == "__main__":
    sys.path.insert(0, ".")
    sys.stdout.write(json.dumps(served_by()))
