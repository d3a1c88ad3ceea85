"""Disclosures: who was given which of somebody's data, when, and why they might be."""
