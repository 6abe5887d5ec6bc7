"""How good a list is: the definition in NumPy, and the same numbers from Spark tables."""
