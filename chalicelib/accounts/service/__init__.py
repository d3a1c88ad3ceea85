"""The use cases that handlers call: registration, verification, signing in, the account."""
