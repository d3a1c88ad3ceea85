"""Erasure: everything about a subject goes, except what the notice lets stay, until it goes too."""
