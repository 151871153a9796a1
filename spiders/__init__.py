"""Where a crawl starts and what it follows; nothing about policy."""
