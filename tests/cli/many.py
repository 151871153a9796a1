"""Many command lines in one process, each told apart: to start a process takes longer than to fail.

Run as `-m tests.cli.many`: reads a JSON list of lists of words, prints one of [exit code, standard
output, standard error].
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from crawler.cli import main


def run(words: list[str]) -> tuple[int, str, str]:
    """How `heed` ends with `words`."""
    sys.argv = ["heed", *words]
    code: object = 0
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return (code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


if __name__ == "__main__":
    sys.stdout.write(json.dumps([run(words) for words in json.load(sys.stdin)]))
