"""Requests of people about their data, from receipt to answer."""
