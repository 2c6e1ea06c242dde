"""The files for operators and the site: CSV, workbooks, announcements and masked JSON."""
