"""Who can speak: States, groups and regions, and how texts name them in six languages."""
