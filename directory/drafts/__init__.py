"""What somebody has typed and not sent yet: kept for them alone, encrypted, and gone when it is sent or 60 days old."""
