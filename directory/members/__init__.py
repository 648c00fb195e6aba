"""The people who keep a group's listings: asked in by mail, one who leads, a deputy, handing over, and going."""
