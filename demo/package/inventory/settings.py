"""What an operator may want to change."""

PAGE_SIZE = 20
RETRIES = 4
