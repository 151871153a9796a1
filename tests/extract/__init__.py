"""Text out of real pages, in real processes."""
