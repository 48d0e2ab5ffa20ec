"""The numbers of PostgreSQL's advisory locks: one space for the whole database, so all of them stand here.

Each is the first of the two numbers of a lock; the second says what is held: a shard, a region, a day, or 0.
Two holders of one number wait for each other without having anything to do with each other.
"""

from typing import Final

OUTBOX_POSITIONS: Final = 27_001
ATTENDANCE_OF_A_PROJECT: Final = 27_002
RECOUNT: Final = 27_003
ONE_SETTLER: Final = 27_004
RUN_POSITIONS: Final = 27_005
EXPORT_LEASE: Final = 27_006
DEMO_WORLD: Final = 27_010
LOOK_UPS: Final = 27_011
SIGN_IN_DOOR: Final = 27_020
IMPORT_LEASE: Final = 27_021
PERMIT_LIST: Final = 27_060
PROJECT_CODES: Final = 27_061
KEPT_PUNCHES_OF_A_DAY: Final = 27_062
STANDARD_LAYER: Final = 27_070
SANDBOXES: Final = 27_071
ONE_CLOCK: Final = 27_072
GATE_LISTS: Final = 27_125
