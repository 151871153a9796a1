"""`OptOutFilter`: a block of a datatrove pipeline that drops rows whose permission is gone.

Needs datatrove (`pip install 'heedbot[datatrove]'`) and, so that it can stand in an environment
whose other packages are not Heed's, nothing else.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from datatrove.data import Document
from datatrove.io import DataFolderLike, get_datafolder
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

REASON = "opted_out"
REMOVED = "heed_rights__removed"
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl\.gz")


class OptOutFilter(BaseFilter):  # type: ignore[misc]  # datatrove has no types
    """Drops documents whose `id` a recheck has refused: rows, and WARC records alike.

    `folder` holds removals (`CORPUS/removals`, of which the newest file counts: each speaks for
    the whole corpus) or attributes (`CORPUS/attributes/heed_rights`, which all count); a path, an
    fsspec URL or a datatrove DataFolder. `exclusion_writer` gets what is dropped.
    """

    name = "✋ Opt-outs"

    def __init__(self, folder: DataFolderLike, exclusion_writer: DiskWriter | None = None) -> None:
        super().__init__(exclusion_writer)
        self.folder = get_datafolder(folder)
        self._refused: frozenset[str] | None = None

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Whether `doc` stays; raises FileNotFoundError where no recheck was made."""
        if self._refused is None:
            # Read where it is used: a pipeline is sent to its workers before it is run.
            self._refused = frozenset(self._read())
        return (False, REASON) if doc.id in self._refused else True

    def _read(self) -> Iterator[str]:
        found = self.folder.list_files(recursive=True)
        files = sorted(file for file in found if file.endswith(".jsonl.gz"))
        if not files:
            raise FileNotFoundError(f"{self.folder.path} holds no removals: run heed recheck.")
        dated = [file for file in files if _DATED.fullmatch(PurePosixPath(file).name)]
        for file in dated[-1:] or files:
            with self.folder.open(file, "rb") as stream, gzip.open(stream) as lines:
                for line in lines:
                    found = json.loads(line)
                    spans = found.get("attributes", {}).get(REMOVED)
                    if spans is None or spans[0][2]:
                        yield found["id"]
