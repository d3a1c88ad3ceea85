"""Mail: a message in the person's language, sent once it is composed."""
