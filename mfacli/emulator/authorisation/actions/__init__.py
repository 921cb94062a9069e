"""Which actions on which resources an operation takes: one module per service, mostly tables."""
