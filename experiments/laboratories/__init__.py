"""The two laboratories of the fast clock as commands: settings, load files, results, pictures."""
