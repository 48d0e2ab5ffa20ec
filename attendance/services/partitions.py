"""Months of punches, made ahead of time."""

from datetime import date

from django.db import connection


def make_partitions(first: date, months: int = 4) -> int:
    """Make the partitions of `months` months from the month of `first`; returns how many were missing.

    A month that nobody made loses nothing: its punches wait in the default partition and are moved.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT attendance_make_punch_partitions(%s, %s)", [first, months])
        return int(cursor.fetchone()[0])
