"""May this principal do this? Policies read, matched and explained as the clouds do."""
