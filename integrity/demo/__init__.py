"""Supervision notices of the demo world: a handful, in different states, on the projects of its accounts."""
