"""Where six digits come from, and which of them are spent."""
