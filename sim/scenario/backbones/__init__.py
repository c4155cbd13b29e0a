"""Readers of public backbone formats: SNDlib native, Topology Zoo GML, REPETITA; one noun for all of them."""
