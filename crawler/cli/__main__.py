"""`python -m crawler.cli` is `heed`."""

from crawler.cli import main

if __name__ == "__main__":
    main()
