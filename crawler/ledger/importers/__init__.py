"""History of other makers brought into the ledger: JSONL, folders by date, WARC and WACZ."""
