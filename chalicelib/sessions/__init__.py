"""Signed-in sessions and single-purpose links: random tokens, stored only as fingerprints."""
