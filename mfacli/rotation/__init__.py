"""Long-term keys replaced by new ones, safe at every interruption."""
