"""A published set of labelled drafts for the grounding of claims; see README.md beside it."""
