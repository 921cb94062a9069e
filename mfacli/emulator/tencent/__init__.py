"""The emulator's Tencent Cloud side: who asks, what is asked, and how the answers are written."""
