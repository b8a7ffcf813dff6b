"""The pages and addresses of jobs."""
