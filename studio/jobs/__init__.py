"""Jobs, attempts, pictures: the studio itself."""
