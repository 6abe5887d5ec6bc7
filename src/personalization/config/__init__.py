"""How ``conf`` is read: three layers, and the stamps of a run."""
