"""Reads of attendance, given an actor: counters of a region, lists of days and punches."""
