"""Limits: how often strangers may try something. They slow down, and lock nobody out."""
