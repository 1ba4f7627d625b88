"""From where on a measure of a clustering counts as clear or stable."""

LITTLE_STRUCTURE = 0.25  # silhouette below it: Kaufman & Rousseeuw 1990, table 4
STRUCTURE = 0.5  # from it on: the same table
STABLE = 0.75  # adjusted Rand index over the draws
DISSOLVES, HOLDS = 0.6, 0.75  # Jaccard of a cluster: Hennig 2008
