"""What the site shows: live figures, closed weeks and their proof, always as the pointers say."""
