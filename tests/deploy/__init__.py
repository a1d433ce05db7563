"""A package, so that the deployment it starts ends with its last test."""
