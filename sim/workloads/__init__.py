"""Workload classes: the laws of demand, one file each."""
