"""Where the parts of a notice stand on its page: stable ids, which links from elsewhere name. Pure.

An id of the notice is never reused for something else, so a link that was sent in a mail or stored
in a copy leads to the same thing in every later version that still has it.
"""

from __future__ import annotations


def purpose(name: str) -> str:
    """Returns the id on the page of the purpose `name`."""
    return f"purpose-{name}"


def category(name: str) -> str:
    """Returns the id on the page of the category of data `name`."""
    return f"category-{name}"


def recipient(name: str) -> str:
    """Returns the id on the page of the recipient `name`."""
    return f"recipient-{name}"


def right(name: str) -> str:
    """Returns the id on the page of the right `name`."""
    return f"right-{name}"
