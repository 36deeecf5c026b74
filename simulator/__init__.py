"""From a scenario to a labelled dataset of a synthetic smear campaign."""
