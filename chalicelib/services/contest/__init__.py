"""The contest in force: its compiled form, its commitments, its public face and the changes it still allows."""
