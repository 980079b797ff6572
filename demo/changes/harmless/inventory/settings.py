"""What an operator may want to change."""

PAGE_SIZE = 50
RETRIES = 4
