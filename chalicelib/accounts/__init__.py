"""Accounts: registration that tells nobody anything, verification, signing in, the profile."""
