"""Address text and what is wrong with a list of addresses: parse, format, key, quality, lifecycle. All pure."""
