"""A bad line between a browser and the server: it can be down, and can cut or lose one chosen write."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

CHUNK = 65536
PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 7\r\nConnection: close\r\n\r\nWelcome"
WRITES = (b"POST /visits/", b"POST /households/")


@dataclass(frozen=True)
class Mishap:
    """What happens to the next write. Bytes of its body pass up to `passes` (1.0: all); then `then` is called.

    With `replies`, only the server's answer is lost: it is awaited first.
    """

    passes: float = 1.0
    replies: bool = False
    then: Callable[[], None] = lambda: None


class Line:
    """Passes requests on, one a connection, between `port` and the server's port."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.down = False
        # Only what phones keep finds no way.
        self.lost_writes = False
        # Answers everything itself with 200 and a page, as a hotel's network does before one signs in there.
        self.is_portal = False
        self.delay_s = 0.0
        self.mishap: Mishap | None = None
        self.mishaps = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return the address for browsers."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        # A line that fails is what this is for: nothing is to be reported.
        with contextlib.suppress(OSError), client:
            client.settimeout(30)
            head, body = _read_head(client)
            if self.down or not head or (self.lost_writes and _is_durable(head)):
                return
            if self.is_portal:
                client.sendall(PORTAL)
                return
            time.sleep(self.delay_s)
            self._pass_on(client, head, body)

    def _pass_on(self, client: socket.socket, head: bytes, body: bytes) -> None:
        mishap = self._take_mishap(head)
        length = _content_length(head)
        limit = int(length * mishap.passes) if mishap else length
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=30) as server:
            server.sendall(_closing(head) + body[:limit])
            _pass_body(client, server, limit - len(body))
            reply = _read_all(server) if mishap is None or mishap.replies else b""
            if mishap:
                mishap.then()
            else:
                client.sendall(reply)

    def _take_mishap(self, head: bytes) -> Mishap | None:
        if not _is_durable(head):
            return None
        mishap, self.mishap = self.mishap, None
        self.mishaps += mishap is not None
        return mishap


def _is_durable(head: bytes) -> bool:
    return head.startswith(WRITES) and b"idempotency-key" in head.lower()


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(CHUNK)
        if not part:
            return b"", b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", body


def _pass_body(client: socket.socket, server: socket.socket, left: int) -> None:
    while left > 0:
        part = client.recv(min(CHUNK, left))
        if not part:
            raise ConnectionError
        server.sendall(part)
        left -= len(part)


def _read_all(server: socket.socket) -> bytes:
    parts = []
    while part := server.recv(CHUNK):
        parts.append(part)
    return b"".join(parts)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _closing(head: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])
