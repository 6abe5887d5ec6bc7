"""Java, JARs, session settings and small frame helpers: what Spark needs, nothing of the domain."""
