"""Reads a policy for one question: whether it demands MFA, of whom, and whether it gets it."""
