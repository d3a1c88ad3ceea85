"""Publishing a version, telling whom it concerns, and what follows when it takes effect."""
