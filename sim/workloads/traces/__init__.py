"""Formats of traces, one file each: what a log's records mean as jobs."""
