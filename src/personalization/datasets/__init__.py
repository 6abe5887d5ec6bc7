"""Kedro datasets that the project adds: raw files, Delta merge, model artefacts."""
