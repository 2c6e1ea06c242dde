"""Documents: every format that is stored or published.

Each is a typed value with a version (``format``), encoded and decoded here and nowhere else: the pointer to the
contest in force, the compiled contest, commitments, closed weeks and the final, manifests, the proof of a week,
live figures, answers to the inbox, receipts, and what the page reads. The other floors hand such values on and
never see their bytes.
"""
