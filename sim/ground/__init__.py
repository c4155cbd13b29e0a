"""What every room stands on: names, units, errors, random streams, registries."""
