"""Checks AWS Signature Version 4 on raw requests, by the emulator's own reading of the specification."""
