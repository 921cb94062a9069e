"""The live state of the Tencent Cloud side: what is in its accounts now, and what may be done with it."""
