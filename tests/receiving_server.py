"""A pipeline's end as a program: an HTTP server that writes each body down before it acknowledges."""

import argparse
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Receiver(BaseHTTPRequestHandler):
    """Keeps bodies in `log`, one file after another, and answers as told."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        settings = self.server.settings
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.n_requests += 1
        if self.server.n_requests in settings.refuse:
            self.answer(settings.status)
            return
        time.sleep(settings.sleep + settings.sleep_per_event * body.count(b"\n"))
        self.keep(body)
        if self.server.n_requests == settings.die_after:
            os._exit(9)
        self.answer(200)

    def keep(self, body):
        headers = {name: value for name, value in self.headers.items() if name.startswith("Smearbench-")}
        if self.server.settings.log:
            with self.server.settings.log.open("ab") as file:
                file.write(json.dumps(headers).encode() + b"\n" + body + b"\n")

    def answer(self, status):
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://192.0.2.1/elsewhere")
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def read_log(log: Path):
    """Return the requests of a log: headers and events."""
    if not log.exists():
        return []
    blocks = log.read_bytes().split(b"\n\n")[:-1]
    return [(json.loads(head), [json.loads(line) for line in rest]) for head, *rest in map(bytes.splitlines, blocks)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--die-after", type=int, default=-1)
    parser.add_argument("--refuse", type=int, nargs="*", default=[])
    parser.add_argument("--status", type=int, default=503)
    parser.add_argument("--sleep", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--sleep-per-event", type=float, default=0.0, help="seconds before each answer, for each event")
    server = HTTPServer(("127.0.0.1", (settings := parser.parse_args()).port), Receiver)
    server.settings, server.n_requests = settings, 0
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
