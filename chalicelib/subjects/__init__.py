"""Subjects: the standing of an account or a visitor, from its first decision to its erasure."""
