"""A session becomes text or a file's section."""
