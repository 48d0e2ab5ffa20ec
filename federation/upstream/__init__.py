"""Reporting upward to a platform that is not ours, by its `/open.api`: the client's side of that interface."""
