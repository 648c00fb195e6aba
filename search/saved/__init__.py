"""What visitors keep without an account: a list of services, and searches that write to them when something new fits."""
