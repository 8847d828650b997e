"""One run: carried out, stored, replayed, forked, summarised; and the compiling before it."""
