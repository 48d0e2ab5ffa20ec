"""The two roles of the database: the owner, who migrates, and that of web and worker, without DDL."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import psycopg2
from psycopg2 import sql

OWNER = "hubei_owner"
APP = "hubei_app"
DATABASE = "hubei"
# By which the hub reads a cell's counters, and nothing else.
HUB = "hubei_hub"


def ensure(superuser_url: str, *, owner_password: str, app_password: str) -> None:
    """Create roles and database where they are missing, and set the passwords this VAR_DIR knows.

    Runs at every start in a few milliseconds. What the app role may touch is the platform's affair
    (`grant_app_role`); here it merely exists.
    """
    with closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for role, password in ((OWNER, owner_password), (APP, app_password)):
                _ensure_role(cursor, role, password)
            _ensure_database(cursor)


def ensure_app(owner_url: str, password: str) -> None:
    """Create the web's role where the owner may create roles, as in a container's own PostgreSQL."""
    with closing(psycopg2.connect(owner_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            _ensure_role(cursor, APP, password)


def ensure_hub(superuser_url: str, password: str, tables: Iterable[str]) -> None:
    """In a cell: the role of the hub, which may follow the log and read these tables, and no others."""
    with closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            _ensure_role(cursor, HUB, password)
            role, database = sql.Identifier(HUB), sql.Identifier(DATABASE)
            cursor.execute(sql.SQL("ALTER ROLE {} REPLICATION").format(role))
            cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
            for table in tables:
                cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), role))


def let_owner_subscribe(superuser_url: str) -> None:
    """At the hub: the owner may take in what cells publish (PostgreSQL 16 and newer)."""
    with closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("GRANT pg_create_subscription TO {}").format(sql.Identifier(OWNER)))


def _ensure_role(cursor, role: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %s")
    cursor.execute(statement.format(sql.Identifier(role)), [password])


def _ensure_database(cursor) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if cursor.fetchone():
        return
    names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER)}
    cursor.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner} TEMPLATE template0").format(**names))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    app = sql.Identifier(APP)
    cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {app}").format(app=app, **names))
