"""Observations for property tests: what a site may say, carrier by carrier, as door inputs."""

from collections.abc import Mapping
from typing import Final

from hypothesis import strategies as st

Json = dict[str, object]

USES: Final = ("crawl", "search", "ai-input", "train-genai", "train-other", "tdm", "archive")

PATHS: Final = st.sampled_from(["/", "/p", "/p/1", "/open/", "/*.html$", "/p*", ""])
RULES: Final = st.one_of(
    st.tuples(st.sampled_from(["Allow", "Disallow", "DisallowAITraining"]), PATHS).map(": ".join),
    st.sampled_from(
        ["Content-Signal: ai-train=no", "Content-Signal: search=yes, ai-input=no", "Disalow: /p",
         "Content-Signal: use=reference", "Content-Signal: ai-train=yes", "Crawl-delay: 3",
         "Content-Usage: train-ai=n", "Content-Usage: /p train-ai=y", "Content-Usage: ai=n,",
         "License: https://site.example/l.xml", "Sitemap: https://site.example/s.xml"]
    ),
)  # fmt: skip
AGENT_LINES: Final = st.lists(
    st.sampled_from(["*", "Heedbot", "Scrapy", "GPTBot", "OtherBot", "Heedbot/2 x", "CCBot"]),
    min_size=1,
    max_size=3,
).map(lambda names: [f"User-agent: {name}" for name in names])
GROUPS: Final = st.tuples(AGENT_LINES, st.lists(RULES, min_size=1, max_size=4)).map(
    # The first line below the agents is a path rule, so that the file reads in one way only.
    lambda group: [*group[0], "Disallow: /never/", *group[1]]
)
ROBOTS_LINES: Final = st.lists(GROUPS, min_size=1, max_size=3).map(
    lambda groups: [line for group in groups for line in group]
)
HEADERS: Final = st.lists(
    st.sampled_from(
        [("X-Robots-Tag", "noai"), ("X-Robots-Tag", "otherbot: noindex"), ("Robots-Tag", "*;noai"),
         ("Content-Usage", "train-ai=n"), ("Content-Usage", "search=y"), ("tdm-reservation", "1"),
         ("tdm-reservation", "0"), ("tdm-policy", "https://site.example/p"),
         ("Content-Signal", "ai-train=no"), ("Content-Signal", "ai-input=yes"),
         ("crawler-price", "USD 0.01"), ("X-Powered-By", "noai"), ("X-Robots-Tag", "noarchive")]
    ),
    max_size=4,
)  # fmt: skip
HEADS: Final = st.lists(
    st.sampled_from(
        ['<meta name="robots" content="noai">', '<meta name="robots" content="all">',
         '<meta name="tdm-reservation" content="1">', '<meta name="otherbot" content="noindex">',
         "<title>noai</title>", '<meta name="DisallowAITraining" content="">',
         '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">']
    ),
    max_size=3,
).map(lambda tags: f"<html><head>{''.join(tags)}</head><body>x</body></html>")  # fmt: skip
AI_TXT: Final = st.sampled_from(
    [None, ["User-Agent: *", "Disallow: /"], ["User-agent: *", "Disallow: *.html", "Allow: *.jpg"]]
)
TRUST_TXT: Final = st.sampled_from(
    [None, ["datatrainingallowed=no"], ["member=https://x.example/"]]
)
URLS: Final = st.sampled_from(
    ["https://site.example/", "https://site.example/p/1", "https://site.example/open/a.html"]
)


@st.composite
def observations(draw: st.DrawFn) -> Json:
    """A door input with any of the carriers."""
    found: Json = {
        "url": draw(URLS),
        "headers": [list(pair) for pair in draw(HEADERS)],
        "html": draw(HEADS),
        "content_type": "text/html",
        "robots_txt": "\n".join([*draw(ROBOTS_LINES), ""]),
    }
    files = {"/ai.txt": draw(AI_TXT), "/trust.txt": draw(TRUST_TXT)}
    found["files"] = {path: "\n".join([*lines, ""]) for path, lines in files.items() if lines}
    return found


def changed(observation: Mapping[str, object], **values: object) -> Json:
    """The same observation with other `values`."""
    return {**observation, **values}
