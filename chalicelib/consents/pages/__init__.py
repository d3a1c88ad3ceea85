"""The page of one's own choices: what stands (`choices`), and how it came about (`history`)."""
