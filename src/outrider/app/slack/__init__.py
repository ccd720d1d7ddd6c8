"""The Slack door: cards of drafts in a channel, and what people click on them. See `outrider.app`."""
