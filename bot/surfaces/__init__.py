"""Where the bot speaks: one module for each chat."""
