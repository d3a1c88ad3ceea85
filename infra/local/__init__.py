"""The whole product on one machine: the local AWS engine and what starts, feeds and stops it."""
