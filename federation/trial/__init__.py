"""Trials of platforms that another maker wrote: we play the other side and say what has been shown.

Nothing here touches the database: a trial is a process of its own with keys made for it alone, its people and
firms are invented, and it must never be run against a platform in service.
Source: issue "Federation", platforms that are not ours; docs/federation-protocol.md.
"""
