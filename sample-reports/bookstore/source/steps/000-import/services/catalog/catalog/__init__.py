"""Books, authors and stock."""
