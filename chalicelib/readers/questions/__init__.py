"""Readers of question banks from other programs: they turn Aiken, GIFT and Moodle XML into table rows."""
