"""What is wrong with a corpus, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which file, at which record or line, and what."""

    file: str
    record: str
    """Empty where it is the file as a whole."""
    what: str
    incomplete: bool = False
    """A job is at work on it, or was killed: running that job again mends it."""

    def __str__(self) -> str:
        """The fault as one sentence."""
        where = f"{self.file}, {self.record}" if self.record else self.file
        return f"{where}: {self.what}"
