"""RSL 1.0: the document, the terms in it, and where a site declares it (rslstandard.org/rsl)."""
