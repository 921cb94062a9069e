"""Where sessions and seeds rest."""
