"""Finds books by words."""
