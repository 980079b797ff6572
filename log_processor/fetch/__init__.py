"""Log files by URL: which may be read, how they come over the wire, and how compression is taken off."""
