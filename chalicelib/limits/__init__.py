"""Limits on attempts by strangers. They slow attempts down; they never lock an owner out."""
