"""The app in the browser. Pages are thin; what they share is here: forms, charts, runs, jobs, limits, links, words."""
