"""Tencent Cloud's STS: one-time codes and long-term keys become sessions."""
