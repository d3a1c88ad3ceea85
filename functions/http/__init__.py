"""HTTP: one function a capability, each with its own role and only its own code."""
