"""What the symbol of a design withstands: damaged in many ways on purpose, read by several decoders."""
