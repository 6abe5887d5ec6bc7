"""Full-cycle e-commerce recommendations on Kedro, PySpark and Delta Lake."""

__version__ = "0.1.0"
