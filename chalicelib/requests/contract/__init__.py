"""The operations of people's requests about their data."""
