"""Sessions for programs that ask again and again: held in memory, renewed ahead, given out on loopback."""
