"""The Scrapy edge of policy: what stands between a request and its site, both ways."""
