"""The site itself: its home, what it looks for elsewhere, and the interface as a page."""
