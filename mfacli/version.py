"""The version, as a constant: asking the installed metadata costs 35 ms at every start."""

VERSION = "0.1.0"
