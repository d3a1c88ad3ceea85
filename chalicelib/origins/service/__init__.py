"""The duty to tell a person of an origin: it begins, is mailed, watched, and listed while open."""
