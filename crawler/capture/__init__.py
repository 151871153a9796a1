"""What was fetched, written as evidence: WARC, its index, and the rows; the one door to warcio."""
