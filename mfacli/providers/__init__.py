"""A plan's step, keys and a code become a session at one cloud."""
