"""Consent: the ledger that proves, the standing that answers."""
