"""Work at the door: what phones send (`items`), how it is compared with the register (`compare`), the rules as data. Pure."""
