"""Lists in, findings and exports out: every file format of the registry is read and written here."""
