"""`anomaly-query`: the far lines of a build."""
