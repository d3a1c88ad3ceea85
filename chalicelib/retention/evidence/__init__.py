"""Evidence of retention: what was done by each rule, in numbers, of nobody."""
