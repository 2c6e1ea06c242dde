"""Question banks as other programs export them: Aiken, GIFT and Moodle XML give the rows of a table."""
