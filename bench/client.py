"""The load: a process of its own that sends prepared requests over kept connections and times the answers.

Run as `python bench/client.py PORT FILE`; the file is a pickled list of clients, each a list of tasks, each a list
of requests as bytes. Prints JSON. It imports next to nothing, so that it never is the bottleneck.
"""

from __future__ import annotations

import json
import pickle
import socket
import sys
import threading
import time
from pathlib import Path

Task = list[bytes]


def main() -> None:
    """Let all clients run side by side; print each task's time in ms and that of all together in s."""
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    clients: list[list[Task]] = pickle.loads(file.read_bytes())
    times: list[float] = []
    failures: list[str] = []
    barrier = threading.Barrier(len(clients) + 1)
    threads = [threading.Thread(target=run, args=(port, tasks, times, failures, barrier)) for tasks in clients]
    for thread in threads:
        thread.start()
    barrier.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    print(json.dumps({"ms": times, "s": time.perf_counter() - start, "failures": failures[:3]}))


def run(port: int, tasks: list[Task], times: list[float], failures: list[str], barrier: threading.Barrier) -> None:
    """Do one client's tasks one after the other."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        barrier.wait()
        for task in tasks:
            start = time.perf_counter()
            for request in task:
                connection.sendall(request)
                answer = receive(connection)
                # Residents' pages have no script: what they send is answered by the way back to the page.
                if not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 303")):
                    failures.append(answer[:2000].decode(errors="replace"))
                    return
            times.append((time.perf_counter() - start) * 1000)


def receive(connection: socket.socket) -> bytes:
    """Return one whole answer."""
    answer = connection.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += _more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionError("the server has closed the connection")
    return part


if __name__ == "__main__":
    main()
