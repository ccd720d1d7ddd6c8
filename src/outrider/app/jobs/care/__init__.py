"""Care of an installation: back it up, bring it back, look whether each part is well.

In: settings. Out: a backup, a restored installation, findings. Never: a send, a decision, a repair in silence.
"""
