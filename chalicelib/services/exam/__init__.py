"""Taking part: papers handed out, saved and submitted, the pace of pages, receipts."""
