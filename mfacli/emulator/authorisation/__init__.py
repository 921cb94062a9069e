"""Which permissions a request takes, what the policies say of them, and how a refusal reads."""
