"""The demo world: a whole province of invented people and firms, with some things wrong on purpose.

It is written beneath the acts, in bulk and in one transaction, for it has no history to announce; what is
concluded from it (days, counters) is concluded by the same services as for real punches.
"""
