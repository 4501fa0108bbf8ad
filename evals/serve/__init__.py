"""The evals page: runs, their reports and the review of cases in a browser, for one machine and without any network."""
