"""The tests of inventory: `python -m tests unit`, and `python -m tests api` against a running service."""
