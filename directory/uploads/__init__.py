"""Files of listings that staff hand in with a browser: looked through, tried, and written by the worker, piece by piece."""
