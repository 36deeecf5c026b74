"""What detectors share: features of accounts, networks, series, texts and their tone."""
