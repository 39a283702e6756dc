"""Files to numbered rows of plain text: one module a format, no opinion about what the text means."""
