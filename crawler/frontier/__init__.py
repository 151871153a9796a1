"""What to fetch next: an acknowledged queue by host that loses nothing."""
