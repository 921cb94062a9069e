"""Tencent Cloud's CVM: instances that start, stop and go, as far as their permissions are concerned."""
