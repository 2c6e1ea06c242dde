"""The figures that the README states, measured against a floor in the same run."""
