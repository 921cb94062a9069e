"""What can be wrong: facts become findings. Nothing here reads a file, a clock or a network."""
