"""Serves the demo sites, each at a loopback address of its own, in the running event loop."""

import contextlib
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web

from crawler.demo.site import DemoSite, load_sites


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """One request that a demo site answered."""

    site: str
    target: str
    user_agent: str
    status: int


class DemoSites:
    """`async with DemoSites() as demo:` serves all sites until the block ends.

    `seeds` are their front pages, `requests` what was asked of them, in order.
    """

    def __init__(self) -> None:
        self.seeds: list[str] = []
        self.requests: list[DemoRequest] = []
        self._runners: list[web.ServerRunner] = []

    async def __aenter__(self) -> Self:
        port = 0
        for site in load_sites():
            listener = _listen(site.address, port)
            port = listener.getsockname()[1]
            await self._serve(site, listener)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _serve(self, site: DemoSite, listener: socket.socket) -> None:
        address, port = listener.getsockname()
        origin = f"http://{address}:{port}"

        async def respond(request: web.BaseRequest) -> web.StreamResponse:
            answer = site.answer(request.path, origin)
            agent = request.headers.get("User-Agent", "")
            self.requests.append(DemoRequest(site.name, request.path_qs, agent, answer.status))
            return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

        runner = web.ServerRunner(web.Server(respond, access_log=None))
        await runner.setup()
        await web.SockSite(runner, listener).start()
        self._runners.append(runner)
        self.seeds.append(f"{origin}/")


def _listen(address: str, port: int) -> socket.socket:
    """A socket at `address` and, where it is free there, `port`.

    Linux answers all of 127.0.0.0/8; elsewhere sites become ports of 127.0.0.1.
    """
    for choice in ((address, port), (address, 0)):
        with contextlib.suppress(OSError):
            return socket.create_server(choice)
    return socket.create_server(("127.0.0.1", 0))
