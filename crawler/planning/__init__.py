"""A crawl on paper: how long it takes, what it fills, and which limit binds it."""
