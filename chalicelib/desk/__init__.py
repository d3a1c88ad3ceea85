"""Decisions that the desk records in the name of a person."""
