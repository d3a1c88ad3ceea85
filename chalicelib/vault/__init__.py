"""Encryption of personal fields: one data key per subject and retention class."""
