"""Tencent Cloud's CAM: as much of it as it takes to build a world of users, keys, groups, policies and roles."""
