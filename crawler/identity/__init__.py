"""Who Heed says it is: one identity for a whole crawl, and never another's."""
