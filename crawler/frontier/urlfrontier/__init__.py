"""The distributed frontier: URLFrontier over gRPC, for any number of workers on one crawl.

What URLFrontier keeps (URLs, due times) outlives everything; what it keeps in memory only (delays,
blocks, leases) is said to it again by the workers, who know it from the ledger (scale.md).
"""
