"""A chat tool and a mail server of the tests' own, on loopback: they keep what they are given and fail as told."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ChatTool:
    """Answers as robots do. `answer` is (status, body), or "hang" or "break" for one that gives none."""

    def __init__(self) -> None:
        self.answer: tuple[int, Any] | str = (200, {"errcode": 0, "errmsg": "ok"})
        self.location = ""
        self.received: list[tuple[str, Any]] = []
        self.done = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def texts(self) -> list[str]:
        """What the group has read."""
        return [body.get("text", body.get("content", {})).get("content", body) for _, body in self.received]

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and let go of those that are kept waiting."""
        self.done.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(tool) -> type[BaseHTTPRequestHandler]:  # noqa: N805  (`self` is the handler's)
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                tool.received.append((self.path, json.loads(body)))
                if tool.answer == "hang":
                    tool.done.wait(30)
                if isinstance(tool.answer, str):
                    return
                status, told = tool.answer
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                if tool.location:
                    self.send_header("Location", tool.location)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST  # noqa: N815  (the name is the library's)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class MailServer:
    """Speaks just enough SMTP. `refuse` maps a command's first word to the answer that refuses it."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refuse: dict[str, str] = {}
        # After a letter is taken and before it is acknowledged: holds the answer back until it is set.
        self.acknowledge = threading.Event()
        self.acknowledge.set()
        self.arrived = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.acknowledge.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, function: Any, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._talk, line)

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as talk:

            def say(words: str) -> None:
                talk.write(f"{words}\r\n".encode())
                talk.flush()

            try:
                say("220 here")
                while said := talk.readline().decode().strip():
                    word = said.split()[0].upper()
                    if word in self.refuse:
                        say(self.refuse[word])
                    elif word == "DATA":
                        say("354 go on")
                        self._take(talk)
                        say("250 taken")
                    else:
                        say("221 bye" if word == "QUIT" else "250 ok")
            except OSError:
                # Whoever was killed in between hangs up.
                return

    def _take(self, talk: Any) -> None:
        lines = []
        while (one := talk.readline()) not in (b".\r\n", b""):
            lines.append(one)
        self.letters.append(b"".join(lines).decode())
        self.arrived.set()
        self.acknowledge.wait(30)
