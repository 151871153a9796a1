"""Evidence signals on hostile input: nothing raises, everything is bounded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.door import explain
from crawler.policy.licence_url import read_licence
from crawler.policy.model import Observation, Resource
from crawler.policy.signals import ai_disclosure, licence_evidence, payment_402

URL = "https://site.example/"
SIGNALS = (ai_disclosure.SIGNAL, licence_evidence.SIGNAL, payment_402.SIGNAL)


def _tell(observation: Observation) -> None:
    for signal in SIGNALS:
        signal.read(observation)
        assert signal.note is not None
        json.dumps(dict(signal.note(observation)))


@given(
    st.sampled_from(
        ["AI-Disclosure", "Link", "crawler-price", "crawler-error", "PAYMENT-REQUIRED", "Location",
         "WWW-Authenticate"]
    ),
    st.text(max_size=60)
    | st.sampled_from(["mode=none;a=(", "bnVsbA==", "W10=", "//[tollbit", "<"]),
    st.sampled_from([200, 302, 401, 402, 403]),
)  # fmt: skip
def test_no_header_can_break_a_reader(name: str, value: str, status: int) -> None:
    _tell(Observation(URL, page=Resource(URL, status=status, headers=((name, value),))))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@graph", "@type", "license", "@id", "image", "usageInfo", "accepts",
                             "x402Version", "mainEntity"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_no_json_can_break_a_reader(value: object) -> None:
    text = json.dumps(value)
    html = f'<script type="application/ld+json">{text}</script>'.encode()
    _tell(Observation(URL, page=Resource(URL, html), given={"jsonld": value}))
    _tell(Observation(URL, page=Resource(URL, text.encode(), status=402), given={"jsonld": text}))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"@graph":' * 100_000, "9" * 10_000])
def test_json_that_cannot_be_read_says_nothing(text: str) -> None:
    html = f'<script type="application/ld+json">{text}</script>'
    assert explain({"html": html})["evidence"].get("licence_evidence") is None  # type: ignore[attr-defined]


def test_a_graph_of_a_million_nodes_is_read_within_bounds() -> None:
    graph: object = [[[{}] * 100] * 100] * 100
    observation = Observation(URL, given={"jsonld": graph})
    assert licence_evidence.note(observation) == {}


@given(st.text(max_size=40))
def test_no_address_can_break_the_licence_reader(words: str) -> None:
    assert read_licence(words).url == words.strip()
    read_licence(f"https://creativecommons.org/licenses/{words}")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("HTTP://CreativeCommons.org:80/Licenses/BY-SA/3.0/DE/", "CC-BY-SA-3.0"),
        ("creativecommons.org/licenses/by-nc-sa/2.5/legalcode", "CC-BY-NC-SA-2.5"),
        ("https://creativecommons.org/licenses/by/", "CC-BY"),
        ("https://creativecommons.org/publicdomain/certification/1.0/us/", "CC-PDDC-1.0"),
        ("https://creativecommons.org/licenses/nd-sa/1.0/", "cc-unknown"),
        ("https://creativecommons.org/", "cc-unknown"),
        ("https://notcreativecommons.org/licenses/by/4.0/", "https://notcreativecommons.org/licenses/by/4.0/"),
        ("https://creativecommons.org.evil.example/licenses/by/4.0/", "https://creativecommons.org.evil.example/licenses/by/4.0/"),
    ],
)  # fmt: skip
def test_a_licence_is_named_after_its_address(url: str, name: str) -> None:
    assert read_licence(url).name == name
