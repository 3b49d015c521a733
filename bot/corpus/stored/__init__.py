"""A corpus whose texts and passages lie with its index: what a process holds of it, and how it reads the rest.

`catalogue` is what is counted of all passages once, and held. `documents` and `passages` are sequences that read what
is asked for from a `RecordStore` of `records`, and let it go again. `views` is what others ask of a corpus, wherever it
lies. Nothing is imported here: where no corpus is stored, `base` and `views` alone are loaded.
"""
