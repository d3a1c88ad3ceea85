"""Rounds: slow work that visits everybody, a page at a time, without ever reading a whole table."""
