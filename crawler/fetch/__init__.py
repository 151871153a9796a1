"""The one door to the network: the address guard, HTTP over aiohttp, Scrapy's handler."""
