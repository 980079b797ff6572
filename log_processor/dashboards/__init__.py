"""The dashboards for Kibana and OpenSearch Dashboards: one source, two exports, and the check of both."""
