"""What a comparison found, as data: written as JSON, shown as a page, read again by other commands."""
