"""Who may take a request on: services and volunteers, judged on facts, put in order with reasons."""
