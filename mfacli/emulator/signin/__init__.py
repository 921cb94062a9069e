"""The doors to the consoles: where a browser is signed in with a session. Unsigned requests, unlike all others."""
