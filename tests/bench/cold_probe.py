"""Run in a fresh process by `tests.bench.cold`: times one cold start and prints it as JSON.

    python -I -S cold_probe.py <folder of the unzipped package> <module>

Imports only what stands in that folder; the module is a function of ours, or `bare`.
"""

import sys
import time
from importlib import import_module


def _bare() -> None:
    """The same with no code of ours: the three libraries, one route, one item, one schema."""
    from chalice.app import Chalice
    from jsonschema import Draft202012Validator
    from pynamodb.attributes import UnicodeAttribute
    from pynamodb.connection import Connection
    from pynamodb.models import Model

    class Item(Model):
        class Meta:
            table_name = "records"

        pk = UnicodeAttribute(hash_key=True)

    app = Chalice("bare", configure_logs=False)
    app.route("/")(dict)
    Draft202012Validator({"type": "object", "required": ["a"]})
    Connection().client  # noqa: B018 - making it is the point


def _function(module: str) -> None:
    import_module(module)
    from chalicelib.storage import connection

    connection.connection().client  # noqa: B018 - making it is the point


def main(folder: str, module: str) -> None:
    sys.path.insert(0, folder)
    sys.path.insert(1, folder + "/vendor")
    began, started = time.perf_counter(), time.process_time()
    if module == "bare":
        _bare()
    else:
        _function(module)
    cpu, wall = time.process_time() - started, time.perf_counter() - began
    sys.stdout.write(f'{{"cpu": {1000 * cpu:.2f}, "wall": {1000 * wall:.2f}}}\n')


if __name__ == "__main__":
    main(*sys.argv[1:])
