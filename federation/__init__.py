"""The ways in and out of a node: vendors at `/open.api`, later other nodes and partners."""
