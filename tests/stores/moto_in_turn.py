"""moto's S3 server, one request after the other: `python moto_in_turn.py PORT`.

Amazon S3 checks the condition of a write and writes in one step. moto does it in two, each request
in a thread of its own, so that of two writes under one ETag both may succeed.
"""

import sys
from collections.abc import Iterable
from threading import Lock
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple


class InTurn(DomainDispatcherApplication):
    """moto's application, which begins a request when the one before is answered."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._turn:
            answer: Iterable[bytes] = super().__call__(environ, start_response)
            return answer


if __name__ == "__main__":
    run_simple(
        "127.0.0.1", int(sys.argv[1]), InTurn(), threaded=True, request_handler=MotoRequestHandler
    )
