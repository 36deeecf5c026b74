"""How operators plan a campaign and turn it into commands of single accounts."""
