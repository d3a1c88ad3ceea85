"""A person, known or not: the standing, and its life from the first decision to erasure."""
