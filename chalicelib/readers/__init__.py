"""What people send: contest folders, tables and workbooks, read strictly, with the place of every fault."""
