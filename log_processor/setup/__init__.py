"""`anomaly-setup`: what a cluster and its Kibana have to know."""
