"""Many requests at once: who is served, by whom, as a proposal that a coordinator may change before anything is sent."""
