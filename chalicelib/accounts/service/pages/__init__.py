"""The pages of accounts: what stands behind the links of mails, and asking for a new password."""

from chalicelib.accounts.service.pages.address import (
    address_confirmed_before_page,
    address_confirmed_page,
    address_undone_before_page,
    address_undone_page,
    confirm_address_page,
    undo_address_page,
)
from chalicelib.accounts.service.pages.disavowal import (
    disavowal_page,
    disavowed_before_page,
    disavowed_page,
)
from chalicelib.accounts.service.pages.refusals import refusal_texts
from chalicelib.accounts.service.pages.reset import (
    reset_before_page,
    reset_done_page,
    reset_page,
    reset_request_page,
    reset_requested_page,
)
from chalicelib.accounts.service.pages.shell import Locale
from chalicelib.accounts.service.pages.verification import (
    verification_page,
    verified_before_page,
    verified_page,
)

__all__ = [
    "Locale",
    "address_confirmed_before_page",
    "address_confirmed_page",
    "address_undone_before_page",
    "address_undone_page",
    "confirm_address_page",
    "disavowal_page",
    "disavowed_before_page",
    "disavowed_page",
    "refusal_texts",
    "reset_before_page",
    "reset_done_page",
    "reset_page",
    "reset_request_page",
    "reset_requested_page",
    "undo_address_page",
    "verification_page",
    "verified_before_page",
    "verified_page",
]
