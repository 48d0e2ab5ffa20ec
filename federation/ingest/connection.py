"""The writer's own connection: the same database and role as Django's, each transaction begun by hand."""

from typing import Any

import psycopg2
from django.db import connections

from federation.ingest.statements import PREPARE

# Nothing is acknowledged before it is on the disk, whatever the server's default; a server that has gone is
# noticed within seconds; a statement that hangs must not hang everybody behind it.
_OPTIONS = "-c synchronous_commit=on -c statement_timeout=10000 -c timezone=UTC -c application_name=ingest"


def connect() -> Any:
    """A new connection in autocommit. Raises psycopg2.OperationalError."""
    given = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "client_encoding", "sslmode", "connect_timeout")
    params = {name: given[name] for name in names if name in given}
    connection = psycopg2.connect(
        **{"connect_timeout": 5, **params},
        options=_OPTIONS,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=2,
        tcp_user_timeout=10_000,
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
    return connection
