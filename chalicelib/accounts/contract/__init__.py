"""The HTTP operations of accounts and of signing in."""

from chalicelib.accounts.contract import (
    address,
    credentials,
    profile,
    registration,
    second_factor,
    signin,
)

OPERATIONS = (
    *registration.OPERATIONS,
    *signin.OPERATIONS,
    *credentials.OPERATIONS,
    *second_factor.OPERATIONS,
    *profile.OPERATIONS,
    *address.OPERATIONS,
)
"""All of them."""
