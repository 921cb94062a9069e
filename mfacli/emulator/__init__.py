"""An HTTP server on loopback that answers as the clouds do and checks MFA for real.

It shares no signing, wire or acceptance code with the client: each is the other's check.
"""
