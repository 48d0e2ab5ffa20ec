"""Lists taken away as files: asked for with a reason, made in the background, never cut, always on record.

`sources` finds the list behind an address, `services` are the acts, `work` makes the file, `files` writes it.
"""
