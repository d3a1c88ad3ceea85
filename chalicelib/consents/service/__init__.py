"""Use cases of consent: captures, preferences, the ledger, joining an account."""
