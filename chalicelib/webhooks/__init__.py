"""Callbacks: whoever received somebody's data is told what became of it, and proof of that."""
