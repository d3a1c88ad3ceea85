"""Messages are written, read, closed, and moved into an account: each is a module."""
