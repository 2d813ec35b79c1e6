"""`python -m fieldvisit` is the command line."""

from fieldvisit.cli import main

main()
