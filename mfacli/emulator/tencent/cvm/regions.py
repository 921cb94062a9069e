"""Regions of Tencent Cloud: the number that its zones' ids begin with, and its names. In each, as many zones."""

from __future__ import annotations

REGIONS = {
    "ap-guangzhou": (10, "Guangzhou", "华南地区(广州)"),
    "ap-shanghai": (20, "Shanghai", "华东地区(上海)"),
    "ap-nanjing": (33, "Nanjing", "华东地区(南京)"),
    "ap-beijing": (80, "Beijing", "华北地区(北京)"),
    "ap-chengdu": (16, "Chengdu", "西南地区(成都)"),
    "ap-chongqing": (19, "Chongqing", "西南地区(重庆)"),
    "ap-hongkong": (30, "Hong Kong", "港澳台地区(中国香港)"),
    "ap-singapore": (90, "Singapore", "亚太东南(新加坡)"),
    "ap-bangkok": (23, "Bangkok", "亚太东南(曼谷)"),
    "ap-seoul": (18, "Seoul", "亚太东北(首尔)"),
    "ap-tokyo": (25, "Tokyo", "亚太东北(东京)"),
    "na-siliconvalley": (15, "Silicon Valley", "美国西部(硅谷)"),
    "na-ashburn": (22, "Virginia", "美国东部(弗吉尼亚)"),
    "eu-frankfurt": (17, "Frankfurt", "欧洲地区(法兰克福)"),
}
ZONES_EACH = 8
