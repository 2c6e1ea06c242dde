"""Taking part: starting, saving and submitting papers, the pace of pages, receipts."""
