"""Tables that people bring: workbooks and text tables, read row by row as text, whatever is wrong with them.

Nothing here knows what a table is about. Memory does not grow with its rows; what a file unpacks to is
limited, so that no small file fills the node.
"""

from kernel.tables.opening import Table, open_table
from kernel.tables.parts import Limits, Line, UnreadableTable

__all__ = ["Limits", "Line", "Table", "UnreadableTable", "open_table"]
