"""Documents brought into a corpus: added from files, fetched, or sent by admins."""
