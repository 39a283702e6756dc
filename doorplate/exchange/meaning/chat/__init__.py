"""Pasted chat text (微信接龙 and free talk): envelope → entries and corrections → rows; the rest is talk."""
