"""Erasing a person from all that the project keeps, and the proof of it."""
