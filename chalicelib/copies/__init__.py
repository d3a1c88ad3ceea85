"""Copies: a person's data as one ZIP, for access (GDPR art. 15) and portability (art. 20)."""
