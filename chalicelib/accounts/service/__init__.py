"""What handlers call: registration, verification, signing in, the account."""
