"""What mail providers post back: verified on the raw bytes, then read.

In: a request as it came. Out: `WebhookReading`. Never: a word of an unsigned request.
"""
