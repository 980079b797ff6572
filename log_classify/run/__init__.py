"""From trees of logs to a report: models are learnt, files are judged by them, and what is found is presented."""
