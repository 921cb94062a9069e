"""Checks Tencent Cloud's signatures on raw requests, by the emulator's own reading of the documents."""
