"""`heed init`: a commented `heed.toml` to start from."""

from pathlib import Path
from typing import Annotated

import typer

from crawler.config.file import FILE, STARTER
from crawler.errors import ConfigurationError, StorageError


def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(FILE),
) -> None:
    """Write a commented heed.toml that works as it stands; never over one that is there."""
    if file.is_dir():
        raise ConfigurationError(f"{str(file)!r} is a folder: name the file to write.")
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(STARTER.read_text("utf-8"))
    except FileExistsError:
        raise ConfigurationError(
            f"{str(file)!r} is there already: name another file, or move this one away."
        ) from None
    except OSError as error:
        why = error.strerror or error
        raise StorageError(
            f"{str(file)!r} cannot be written: {why}; choose another place."
        ) from None
    print(f"wrote {file}: say who you are in it, then run heed check")
