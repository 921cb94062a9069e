"""Reads what the clouds say when they refuse, and says what was missing."""
