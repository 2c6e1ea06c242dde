"""The contest in force: its compiled form, its public face and the changes it still allows."""
