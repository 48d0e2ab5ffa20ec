"""The lines between two nodes: each has its own sequence and chain, so that a gap stops itself alone."""

from typing import Final

# Rows of one project travel in one line, in order; rows above projects in the first.
RECORD_SHARDS: Final = 8
PUNCHES: Final = "punches"
DISPATCH: Final = "dispatch"
RECORDS: Final = tuple(f"records-{shard}" for shard in range(RECORD_SHARDS))
# People and firms, which the rows of every project name.
ABOVE_PROJECTS: Final = RECORDS[0]
OF_PROJECTS: Final = RECORDS[1:]
UPWARD: Final = (*RECORDS, PUNCHES)
DOWNWARD: Final = (DISPATCH,)
# Files are no envelopes: each is named by its content, so that order and repetition mean nothing.
FILES: Final = "files"
EVERY: Final = (*UPWARD, *DOWNWARD)


def of_shard(shard: int) -> str:
    """The line of a shard."""
    return f"records-{shard % RECORD_SHARDS}"
