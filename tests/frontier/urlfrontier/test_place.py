"""Where a frontier is, as an operator writes it."""

import pytest

from crawler.errors import ConfigurationError
from crawler.frontier.urlfrontier.place import read_nodes


@pytest.mark.parametrize(
    ("said", "nodes"),
    [
        ("urlfrontier://f.example:7071", ("f.example:7071",)),
        ("urlfrontier://f.example", ("f.example:7071",)),
        ("urlfrontier://a:1, b:2,a:1/", ("a:1", "b:2")),
        ("urlfrontier://[::1]:9", ("[::1]:9",)),
        ("urlfrontier://[::1]", ("[::1]:7071",)),
    ],
)
def test_nodes_are_read(said: str, nodes: tuple[str, ...]) -> None:
    assert read_nodes(said) == nodes


@pytest.mark.parametrize(
    "said",
    ["redis://a:1", "urlfrontier://", "urlfrontier://a:0", "urlfrontier://a:x", "urlfrontier://a,",
     "urlfrontier://a/b:1", "urlfrontier://a:65536"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_remedy(said: str) -> None:
    with pytest.raises(ConfigurationError, match="urlfrontier://host:port"):
        read_nodes(said)
