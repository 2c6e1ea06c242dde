"""The only place that puts the parts together: one module per function, configured by its environment."""
