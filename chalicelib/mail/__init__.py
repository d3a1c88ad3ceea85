"""Mail: renders a message in the person's language and sends it."""
