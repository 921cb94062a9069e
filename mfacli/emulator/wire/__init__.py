"""Reads which operation a request asks for, and writes refusals and the emulator's own answers, in each protocol."""
