"""The error tree: who is wrong, in one sentence, with the exit code it ends in.

Site content never raises past the policy core; network trouble is an outcome, not an error.
What is left is the operator's configuration and the machine that Heed runs on.
"""

from typing import ClassVar


class HeedError(Exception):
    """Base of everything that may reach a user; its text is one whole sentence."""

    exit_code: ClassVar[int] = 2


class ConfigurationError(HeedError):
    """Something that the operator wrote cannot be used: names the key, the value, the remedy."""


class StorageError(HeedError):
    """The machine cannot keep what was fetched: full disk, no permission, a newer schema."""


class AwayError(StorageError):
    """A server that keeps what is fetched does not answer now; waiting may mend it."""


class BusyError(StorageError):
    """Another process of this machine holds what is to be written; it may soon let go."""


class FindingError(HeedError):
    """A check found something wrong; nothing about the run itself failed."""

    exit_code: ClassVar[int] = 1
