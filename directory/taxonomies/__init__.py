"""Other people's vocabularies, and what their terms mean in our needs."""
