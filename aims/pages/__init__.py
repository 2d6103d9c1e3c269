"""One set of pages for every register."""
