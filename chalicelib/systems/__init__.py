"""Other systems: what is asked of those that hold data of a person, and what they answer."""
