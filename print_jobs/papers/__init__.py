"""The papers that go with the plates, a module a paper: pure data of `doorplate.papers` in, a finished PDF out."""
