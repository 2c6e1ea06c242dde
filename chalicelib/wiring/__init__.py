"""The only place that puts the parts together: one module for each function, from its environment."""
