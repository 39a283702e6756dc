"""`python -m doorplate` is the same as `doorplate`."""

from doorplate.cli import main

main()
