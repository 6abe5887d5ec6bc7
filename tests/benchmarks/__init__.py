"""Benchmarks: each prints JSON lines ``name, value, unit, peer, peer_value, ratio``."""
