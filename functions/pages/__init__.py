"""The pages of the privacy centre: one module a capability, which its function serves."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.pages.view import operations


def modules() -> dict[str, ModuleType]:
    """Returns the modules of pages by the capability whose function serves them."""
    return {
        one.name: importlib.import_module(f"{__name__}.{one.name}")
        for one in pkgutil.iter_modules(__path__)
    }


def page_operations() -> list[PageOperation]:
    """Lists every page and every form that there is."""
    return [operation for module in modules().values() for operation in operations(module.bp)]
