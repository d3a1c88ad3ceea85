"""The paths of the pages of requests that mails and other pages lead to."""

from typing import Final

ONE: Final = "/account/requests/{id}"
CONFIRM: Final = "/requests/{id}/confirm"
DOWNLOAD: Final = "/requests/{id}/download"

FOLLOW: Final = "/requests"
"""The page that asks for the token of a request, which people know as its key."""
