"""A corpus as a whole: proved (`heed verify`), and handed on in other forms (`heed export`)."""
