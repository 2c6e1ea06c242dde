"""What a week's entries tell beyond the result: activity, questions, anomalies. No prize depends on it."""
