"""The frozen network that a scenario describes."""
