"""suanwang: simulate and plan a national computing network."""
