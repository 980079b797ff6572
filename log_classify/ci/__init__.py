"""Builds of CI systems: what they are, where their logs lie, and which passed builds to compare them with."""
