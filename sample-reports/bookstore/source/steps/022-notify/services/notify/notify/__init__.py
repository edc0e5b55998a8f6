"""Tells visitors what happens to their orders."""
