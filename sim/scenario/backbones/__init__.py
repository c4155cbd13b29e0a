"""Formats of public backbones, one file each; one noun for all of them (`sim/scenario/topology.py`)."""
