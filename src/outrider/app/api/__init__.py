"""A door of Outrider; see `outrider.app`."""
