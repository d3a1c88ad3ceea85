"""Reviews: records at the end of their period about which a person at the desk decides."""
