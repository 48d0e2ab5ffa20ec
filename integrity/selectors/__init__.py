"""Reads of a site's gaps and of supervision notices, given an actor."""
