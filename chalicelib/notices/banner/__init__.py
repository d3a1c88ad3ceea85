"""The banner of a website: its words, what decides whether it asks, and the script as served."""
