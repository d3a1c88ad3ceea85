"""Carries erasures out, finishes them when the last of what stayed ends, and repeats them."""
