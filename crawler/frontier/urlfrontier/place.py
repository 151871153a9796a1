"""PURE: where a distributed frontier is, as `--frontier` names it."""

from typing import Final

from crawler.errors import ConfigurationError

SCHEME: Final = "urlfrontier://"
DEFAULT_PORT: Final = 7071


def read_nodes(frontier: str) -> tuple[str, ...]:
    """The nodes ("host:port") of `urlfrontier://host[:port][,host[:port]]`, each once.

    Raises `ConfigurationError` for anything else.
    """
    nodes = [_node(each.strip()) for each in frontier.removeprefix(SCHEME).rstrip("/").split(",")]
    if not frontier.startswith(SCHEME) or not all(nodes):
        raise ConfigurationError(
            f"--frontier {frontier!r} names no frontier that this Heed has: give the path of a "
            "file, or urlfrontier://host:port, the nodes of a cluster parted by commas."
        )
    return tuple(dict.fromkeys(nodes))


def _node(text: str) -> str:
    """`host:port`, empty where `text` is neither that nor a host."""
    name, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        name, port = text, str(DEFAULT_PORT)
    sound = bool(name) and "/" not in name and port.isascii() and port.isdigit()
    return f"{name}:{port}" if sound and 0 < int(port) < 65_536 else ""  # noqa: PLR2004 (16 bits)
