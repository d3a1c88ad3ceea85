"""The HTTP operations of accounts and of signing in."""
