"""Accounts: registration that reveals nothing about an address, verification, sign-in, profile."""
