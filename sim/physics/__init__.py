"""Published models as pure functions: arrays in, arrays out, one idea a file."""
