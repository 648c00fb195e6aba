"""Asking from the website, without an account: step by step, sent, followed with a code, taken up at the desk, forgotten again."""
