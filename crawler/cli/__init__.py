"""The command `heed`: one file a command; each parses, calls one function and prints.

Nothing is loaded before `main` listens: who thinks better of it at once sees no traceback.
"""

import os
import signal
import sys


def main() -> None:
    """Run the command that the process was started with, and end with its exit code."""
    # A crawl, an audit and a scheduler listen for themselves; whatever else runs ends here.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        from crawler.cli.app import run

        code = run(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        # A second one would find the interpreter at its end, which has no good word for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = 130
    sys.exit(code)
