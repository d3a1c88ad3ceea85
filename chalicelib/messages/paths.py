"""The path of the page that mails about messages lead to."""

from typing import Final

CONFIRM: Final = "/messages"
"""The path has no id: the token of the link begins with the message's."""
