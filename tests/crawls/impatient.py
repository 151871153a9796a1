"""The command `heed`, less patient with other processes than it is.

Run as `-m tests.crawls.impatient SECONDS WORDS…`.
"""

import sys

from crawler.cli import main
from crawler.frontier import patience

if __name__ == "__main__":
    patience.BUSY_PATIENCE = float(sys.argv.pop(1))
    main()
