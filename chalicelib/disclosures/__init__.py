"""Disclosures: which recipient was given which of a person's data, when, and on which decision."""
