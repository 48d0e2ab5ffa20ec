"""Ask a node whether all its parts answer. Needs nothing but Python."""

from __future__ import annotations

import http.client
import os
import sys
from http import HTTPStatus
from urllib.parse import urlsplit


def trouble(url: str) -> str | None:
    """What is wrong according to /healthz, or nothing."""
    # http.client, because urllib would ask a proxy named in the environment.
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": _host(url)})
        answer = connection.getresponse()
        words = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as fault:
        return str(fault) or type(fault).__name__
    finally:
        connection.close()
    return None if answer.status == HTTPStatus.OK else words[:500]


def _host(url: str) -> str:
    """A name that the node answers to, which its loopback address need not be."""
    first = os.environ.get("ALLOWED_HOSTS", "").partition(",")[0].strip()
    return urlsplit(url).netloc if first in ("", "*") or first.startswith(".") else first


if __name__ == "__main__":
    found = trouble(sys.argv[1])
    print(found or "healthy")
    sys.exit(1 if found else 0)
