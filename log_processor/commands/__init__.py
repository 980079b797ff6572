"""The verbs of `log-processor`, a file each: its arguments, and what it does with them."""
