"""The verbs of `log-processor`: what they take (`arguments`), and what each does with it, a file each."""
