"""What a week's entries tell beyond the result: activity, questions, anomalies. Nothing here decides a prize."""
