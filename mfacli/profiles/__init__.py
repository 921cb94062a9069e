"""The user's files and flags become a Plan."""
