"""Many runs: what a study is, its parts, its intervals, how it is carried out and resumed."""
