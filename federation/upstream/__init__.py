"""Reporting upward to a platform that is not ours: the client's side of `/open.api`."""
