"""Imports PynamoDB's connection without botocore's clients, which a function may never need.

PynamoDB imports botocore's clients, settings and sessions with its own modules, which is most of
what a cold start of it costs, and uses them only when it makes a client. While it is imported here,
stand-ins take their place, and the real ones are imported at their first use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_ANNOTATIONS = "pynamodb.connection._botocore_private"
"""PynamoDB's module of types of botocore's private members, of which it makes annotations only."""


def connection() -> ModuleType:
    """Returns PynamoDB's module of connections.

    It is imported as it is where it, or a client of botocore's, has been imported already.
    """
    if "botocore.client" not in sys.modules and "pynamodb.connection" not in sys.modules:
        _import_lean()
    import pynamodb.connection.base

    return pynamodb.connection.base


def _import_lean() -> None:
    import botocore
    from botocore.exceptions import ClientError

    standing: dict[str, dict[str, Any]] = {
        "botocore.config": {},
        "botocore.client": {"ClientError": ClientError},
        "botocore.session": {"Session": object, "get_session": _session},
        _ANNOTATIONS: {"BotocoreBaseClientPrivate": object},
    }
    for name, members in standing.items():
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(members)
    vars(botocore)["session"] = sys.modules["botocore.session"]
    try:
        import_module("pynamodb.connection.base")
    finally:
        for name in standing:
            del sys.modules[name]
        del vars(botocore)["session"]


def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()
