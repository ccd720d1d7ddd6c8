"""Stand-ins for outside services that pass the same contract suites. They are the rehearsal world."""
