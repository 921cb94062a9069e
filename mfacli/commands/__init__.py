"""One file per command; `wiring.py` is the only place that names concrete classes."""
