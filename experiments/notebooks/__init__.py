"""How scenarios, runs, studies and decisions show themselves: one line in a terminal, a small table in a notebook, a figure."""
