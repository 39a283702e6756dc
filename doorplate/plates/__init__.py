"""Plates: their public code, their states, their symbol."""
