"""Tencent Cloud's COS: buckets and their objects, kept in memory."""
