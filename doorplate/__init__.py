"""doorplate: what is true about every door, and who may change it."""

__version__ = "0.1.0"
