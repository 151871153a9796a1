"""pywb: every page that was kept, replayed as it was served, byte for byte."""

import json
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from threading import Event
from urllib.parse import quote

root = Path(sys.argv[1])
BIN = Path(sys.executable).parent
ADDRESS = "127.0.0.1"
PATIENCE = 60


def collect(folder):
    """A pywb collection of the corpus's pages, indexed by pywb's own indexer."""
    manager = str(BIN / "wb-manager")
    subprocess.run([manager, "init", "heed"], cwd=folder, check=True, stdout=sys.stderr)
    warcs = sorted(map(str, (root / "corpus").glob("crawl-data/*/segments/*/warc/*.warc.gz")))
    add = [manager, "add", "heed", *warcs]
    subprocess.run(add, cwd=folder, check=True, stdout=sys.stderr)


def get(port, path):
    """Status and body as they came, no coding undone."""
    connection = HTTPConnection(ADDRESS, port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Accept-Encoding": "identity, gzip, br"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def wait(port):
    """Until pywb answers."""
    for _ in range(PATIENCE * 10):
        try:
            get(port, "/")
        except OSError:
            Event().wait(0.1)
        else:
            return


def compare(port, known):
    """How many pages are replayed as they were served, and which are not."""
    found = {"same": 0, "cut": 0, "not kept": 0, "different": []}
    kept = set(json.loads((root / "kept.json").read_text()))
    for url, place in known["bodies"].items():
        served = Path(place).read_bytes()
        # The moment names the first capture: what changed later stands beside it.
        status, body = get(port, f"/heed/20200101000000id_/{quote(url, safe=':/?=&%')}")
        if url not in kept:
            found["not kept"] += status == 404
        elif body == served:
            found["same"] += 1
        elif len(served) > known["cut"] and body == served[: known["cut"]]:
            found["cut"] += 1
        else:
            found["different"].append([url, status, len(body), len(served)])
    return found


def main():
    """Collect, serve, compare."""
    folder = root / "pywb"
    folder.mkdir()
    collect(folder)
    with create_server((ADDRESS, 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(BIN / "wayback"), "--bind", ADDRESS, "-p", str(port), "-d", str(folder)]
    server = subprocess.Popen(command, cwd=folder, stdout=sys.stderr, stderr=subprocess.STDOUT)
    try:
        wait(port)
        print(json.dumps(compare(port, json.loads((root / "sample.json").read_text()))))
    finally:
        server.terminate()
        server.wait()


main()
