"""Rows of text to lines of a list: which rows are the header, what the columns mean, what is no line at all."""
