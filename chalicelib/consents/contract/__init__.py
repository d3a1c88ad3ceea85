"""The HTTP operations of consent, and the schemas of what they answer."""
