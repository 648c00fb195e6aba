"""Personal data: encrypted fields, the keyed index to look people up exactly, and the change of keys."""
