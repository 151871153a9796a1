"""A polite crawl. Values only: whatever acts on them is named by its dotted path."""

BOT_NAME = "heed"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"

# One add-on wires gates, pacing, address guard, frontier, ledger and capture.
ADDONS = {"crawler.addon.HeedAddon": 100}

# The crawl runs in one asyncio loop, without a reactor beside it.
TWISTED_REACTOR_ENABLED = False

# Both let somebody else run code in the crawl's process.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# The policy gate reads robots.txt instead: per origin, with evidence, refusing when in doubt.
ROBOTSTXT_OBEY = False

# Hosts are paced by the fetch itself, per host and per address; Scrapy's slots would pace twice.
DOWNLOAD_DELAY = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1_000
AUTOTHROTTLE_ENABLED = False

# A failed fetch comes back through the frontier with a due time, never at once.
RETRY_ENABLED = False

# The frontier leaves out what is too long, and tells of it; Scrapy would drop it unsaid.
URLLENGTH_LIMIT = 0

# Every hop of a redirect is a URL of its own, gated like any other.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False

# Nothing is carried from one page to the next: no cookies, no trail, no credentials, no proxy.
COOKIES_ENABLED = False
REFERER_ENABLED = False
HTTPPROXY_ENABLED = False

# Bodies arrive decoded within bounds; a second decoder would have none.
COMPRESSION_ENABLED = False

# The command line shows progress; the log is for what an operator has to know.
LOG_LEVEL = "WARNING"
STATS_DUMP = False
