"""Benchmarks: `python -m benchmarks [CASE ...] [--write]`; one file a case, one SPEC each."""
