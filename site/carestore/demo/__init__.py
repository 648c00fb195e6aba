"""The demonstration: real services, invented and marked people, everything through the verbs."""
