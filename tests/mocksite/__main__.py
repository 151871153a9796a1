"""`python -m tests.mocksite`: list the behaviours, or serve some of them and print where."""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path

from tests.mocksite.access_log import LogFile
from tests.mocksite.behaviour import Behaviour, behaviours
from tests.mocksite.server import NETWORK, Server


def main() -> int:
    """Parse the command line and do as it says; the exit code."""
    asked = _parser().parse_args()
    known = behaviours()
    unknown = sorted(set(asked.names) - set(known))
    if unknown:
        sys.stderr.write(f"no behaviour is called {unknown[0]}; --list names them all\n")
        return 2
    rows = [known[name] for name in asked.names or known]
    if asked.list:
        sys.stdout.writelines(f"{_describe(row)}\n" for row in rows)
        return 0
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(rows, asked.log, asked.scale, asked.token, until_eof=asked.until_eof))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mocksite", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="behaviours; all without a name")
    parser.add_argument("--list", action="store_true", help="say what each behaviour asks for")
    parser.add_argument("--log", type=Path, default=Path("mocksite.jsonl"), help="the access log")
    parser.add_argument("--scale", type=float, default=1.0, help="of the site's own waits")
    parser.add_argument("--token", default="Heedbot", help="the crawler's product token")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser


def _describe(row: Behaviour) -> str:
    rules = "; ".join(check.rule for check in row.checks)
    return f"{row.name}\n  must: {row.must}\n  never: {row.never}\n  judged by: {rules}"


async def serve(
    rows: list[Behaviour], log: Path, scale: float, token: str, *, until_eof: bool
) -> None:
    """Serve `rows`, print `name host URL` of each host, then an empty line; until stopped."""
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(LogFile(log), scale=scale, token=token)
        await server.open(rows, Path(scratch))
        for host in server.hosts:
            url = host.place.origins[host.number] + (host.row.start if not host.number else "/")
            sys.stdout.write(f"{host.row.name} {host.number} {url}\n")
        sys.stdout.write("\n")
        if not until_eof:
            sys.stdout.write(f"Hosts are in {NETWORK}; requests go to {log}; Ctrl-C stops.\n")
        sys.stdout.flush()
        try:
            await (asyncio.to_thread(sys.stdin.read) if until_eof else asyncio.Event().wait())
        finally:
            await server.close()


if __name__ == "__main__":
    sys.exit(main())
