"""The search benchmark: targets, peers in processes of their own, and the judge."""
