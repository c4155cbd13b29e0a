"""Cooling archetypes: how a data centre's IT power becomes facility power, one file each."""
