"""What handlers and other capabilities call: captures, and the life of a subject."""
