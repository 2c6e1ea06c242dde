"""What operators and the site read: CSV files and masked JSON."""
