"""What an operator can say: settings of one run, and the file `heed.toml` for all of them."""

from crawler.config.options import (
    DEFAULT_FOLDER,
    PREFIX,
    SETTABLE,
    Options,
    explain_first,
    read_options,
)

__all__ = ["DEFAULT_FOLDER", "PREFIX", "SETTABLE", "Options", "explain_first", "read_options"]
