"""The statements that write what waits, for any connection, and prepared for the writer's own.

Each tests in its own transaction whether the key is still what the call was judged by (its version, neither
revoked nor run out), so that a revocation is in force with its commit. Rows come as one JSON text, which
costs less than a parameter a value.
"""

from typing import Final

import msgspec


class Statements(msgspec.Struct, frozen=True):
    """The three statements as one kind of connection takes them."""

    receipts: str
    inbox: str
    forms: str


# A value and no EXISTS, which the database would turn into a join with all keys of the province.
_IS_STILL_GOOD: Final = """
        (SELECT c.version FROM federation_credential AS c
         WHERE c.id = u.key AND c.revoked_at IS NULL
               AND (c.valid_until IS NULL OR c.valid_until > %(now)s::timestamptz)) = u.key_version"""


def _where_good(statement: str) -> str:
    return statement.replace("{is_still_good}", _IS_STILL_GOOD)


# A call of which no row is kept is settled as it comes.
RECEIPTS: Final = _where_good("""
    INSERT INTO attendance_punchreceipt
        (public_id, appid, timestamp, nonce, digest, project_id, source, accepted, rejected, accepted_at,
         settled_at, result)
    SELECT u.receipt, u.appid, u.at, u.nonce, decode(u.digest, 'hex'), u.project, u.source, u.accepted,
           u.rejected, %(now)s::timestamptz, CASE WHEN u.accepted = 0 THEN %(now)s::timestamptz END,
           CASE WHEN u.accepted = 0 THEN '{"added": 0, "repeated": 0, "unmatched": []}'::jsonb END
    FROM json_to_recordset(%(rows)s::json) AS u(receipt uuid, appid text, at bigint, nonce text, digest text,
        project bigint, source text, accepted int, rejected jsonb, key bigint, key_version int)
    WHERE {is_still_good}
    ON CONFLICT (timestamp, appid, nonce) DO NOTHING RETURNING public_id""")
KNOWN: Final = """
    SELECT r.timestamp, r.appid, r.nonce, encode(r.digest, 'hex'), r.public_id::text, r.accepted,
           r.rejected::text
    FROM attendance_punchreceipt AS r
    JOIN json_to_recordset(%(rows)s::json) AS u(at bigint, appid text, nonce text)
        ON r.timestamp = u.at AND r.appid = u.appid AND r.nonce = u.nonce"""
INBOX: Final = """
    INSERT INTO attendance_inbox (content, punches, accepted_at)
    VALUES (%(content)s, %(punches)s, %(now)s::timestamptz)"""
FORMS: Final = _where_good("""
    INSERT INTO federation_acceptedrequest
        (id, serial, appid, credential_id, project_id, method, timestamp, nonce, body, state, result,
         attempts, accepted_at)
    SELECT id, prefix || lpad(id::text, greatest(4, length(id::text)), '0'), appid, key, project, method,
           timestamp, nonce, decode(body, 'base64'), 0, '', 0, %(now)s::timestamptz
    FROM (SELECT nextval(pg_get_serial_sequence('federation_acceptedrequest', 'id')) AS id, u.*
          FROM json_to_recordset(%(rows)s::json) AS u(key bigint, key_version int, appid text,
              project bigint, method text, timestamp text, nonce text, prefix text, body text)
          WHERE {is_still_good}) AS fresh
    ON CONFLICT (appid, timestamp, nonce) DO NOTHING RETURNING appid, timestamp, nonce, serial""")


def _prepared(head: str, statement: str, *names: str) -> str:
    for place, name in enumerate(names, start=1):
        statement = statement.replace(f"%({name})s", f"${place}")
    return f"PREPARE {head} AS {statement}"


PLAIN: Final = Statements(RECEIPTS, INBOX, FORMS)
# What a connection executes once, so that the server plans each statement once.
PREPARE: Final = ";".join(
    (
        _prepared("receipts(json, timestamptz)", RECEIPTS, "rows", "now"),
        _prepared("inbox(bytea, int, timestamptz)", INBOX, "content", "punches", "now"),
        _prepared("forms(json, timestamptz)", FORMS, "rows", "now"),
    )
)
PREPARED: Final = Statements(
    receipts="EXECUTE receipts(%(rows)s, %(now)s)",
    inbox="EXECUTE inbox(%(content)s, %(punches)s, %(now)s)",
    forms="EXECUTE forms(%(rows)s, %(now)s)",
)
