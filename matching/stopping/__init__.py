"""What stops when somebody ends, withdraws or is not to be contacted: offers, introductions, visits, places in groups; and who is told."""
