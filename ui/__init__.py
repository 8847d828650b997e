"""The app in the browser. Pages are thin; what they share is here: forms, charts, runs, jobs, limits, links, words."""

if __name__ == "ui":  # a checkout's short name for metalab.ui
    from metalab.checkout import stand_in

    stand_in("ui")
