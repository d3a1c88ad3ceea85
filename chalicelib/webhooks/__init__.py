"""Callbacks: recipients of a person's data are told of changes to it, and delivery is recorded."""
