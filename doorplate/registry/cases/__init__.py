"""The only writer of matters: residents ask, follow and take back (`door`), staff work them (`acts`, `working`), the clock passes
them on (`clock`), and what is personal goes when its time is over (`retention`)."""
