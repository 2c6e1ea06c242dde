"""Statistics of a week's entries: activity, questions, anomalies. No prize depends on them."""
