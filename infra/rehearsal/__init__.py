"""The rehearsal of a deployed stage: a made-up person uses it as people do, and is erased again."""
