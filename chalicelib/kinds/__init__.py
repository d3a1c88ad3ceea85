"""Kinds of records: the one face by which copy, erasure and sweep treat a record of any kind."""
