"""The daemon and the query tool: everything of log-classify that has a wire."""
