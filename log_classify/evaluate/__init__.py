"""`log-classify evaluate`: how well anomalies are found, measured on cases whose answer is known."""
