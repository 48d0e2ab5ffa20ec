"""The parent of a trial over HTTP."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from federation.trial.of_child import ChildTrial

ROOT = "/federation/v1/"
ACTS = ("join", "hello", "envelopes", "fetch", "results", "files", "compare", "move")
_MOST = 16 * 1024 * 1024


def server_of(trial: ChildTrial, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server that answers for the trial; port 0 takes any free one."""

    class Handler(_Handler):
        of = trial

    found = ThreadingHTTPServer((host, port), Handler)
    found.daemon_threads = True
    return found


class _Handler(BaseHTTPRequestHandler):
    """POST /federation/v1/ACT, and nothing else."""

    of: ChildTrial
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        act = self.path.removeprefix(ROOT)
        if act not in ACTS or size > _MOST:
            self.send_error(404 if act not in ACTS else 413)
            return
        said = self.of.answer(act, httpx.Headers(self.headers.items()), self.rfile.read(size))
        if said.is_cut:
            self.close_connection = True
            return
        self.send_response(said.status)
        for name, value in {**said.headers, "Content-Length": str(len(said.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.content)

    def log_message(self, *_args: Any) -> None:
        """Say nothing: the report is what is read."""
