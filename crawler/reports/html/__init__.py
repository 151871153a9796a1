"""The report as a folder of pages that opens from a file and asks nobody for anything."""
