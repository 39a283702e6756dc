"""The steps an address text is taken apart by, in the order parse.STEPS names them. Each takes what it
recognises from the front of `state.rest` and leaves the remainder to the next."""
