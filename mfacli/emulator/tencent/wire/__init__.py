"""Tencent Cloud's requests and answers as they are on the wire."""
