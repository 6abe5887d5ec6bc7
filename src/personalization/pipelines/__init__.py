"""The seven pipelines: wiring, and the table steps that only one of them has."""
