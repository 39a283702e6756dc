"""Households: the least personal data we need, and that sealed."""
