"""Pages of the directory: partners keep their listings, moderators decide."""
