"""Scenario files and nations: read, resolved, checked."""
