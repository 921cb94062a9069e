"""The two clouds."""

from __future__ import annotations

from enum import Enum


class Cloud(Enum):
    """A cloud that mfacli opens sessions in."""

    AWS = "aws"
    TENCENT = "tencent"
