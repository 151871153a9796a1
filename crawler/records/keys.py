"""Keys of `request.meta` by which components meet; none of what they hold outlives the process."""

from typing import Final

RECEIPT_KEY: Final = "heed_receipt"
"""The receipt of the claim that led to this request."""

CLAIM_KEY: Final = "heed_claim"
"""The `Claim` itself."""

EXCHANGE_KEY: Final = "heed_exchange"
"""The `Exchange` on the wire, set by the download handler."""

OBSERVATION_KEY: Final = "heed_observation"
"""The `Observation` that the gate has read so far."""

DECISION_KEY: Final = "heed_decision"
"""The `Decision` under which a page was kept."""

USES_KEY: Final = "heed_uses"
"""The uses that the crawl declares."""

FOLLOW_KEY: Final = "heed_follow"
"""Whether the page lets its links be followed (robots meta `nofollow`)."""

SITEMAPS_KEY: Final = "heed_sitemaps"
"""Absolute URLs of the sitemaps that the origin's robots.txt names."""

SITEMAP_KEY: Final = "sitemap_level"
"""On a request for a sitemap, and kept with it: how many sitemaps lead there, itself included.

What is asked for with it is held to robots.txt as site files are, read for its links, never kept.
"""

CHANGED_KEY: Final = "heed_changed"
"""When a sitemap says that the page changed (epoch seconds), until the scheduler has taken it."""

SEED_KEY: Final = "heed_seed"
"""Rank of a seed, from 0; present on seeds only."""

HOPS_KEY: Final = "heed_hops"
"""Redirect hops that led to this request."""

PARENT_KEY: Final = "heed_parent"
"""The receipt of the page that a request was found on, until the scheduler has taken it in."""

LABELS_KEY: Final = "heed_labels"
"""The page's `Labels`: licence and AI disclosure."""

FIRST_SEEN_KEY: Final = "heed_first_seen"
"""When the URL was first kept, as a row writes a time."""

CUT: Final = "truncated"
"""Flag of a response whose body is not all that was sent, or not all that it unpacks to."""

TORN: Final = "torn"
"""Flag of a response whose body's coding breaks off, or is damaged."""
