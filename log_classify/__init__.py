"""The command line for people: the lines of a log that no passing build printed."""
