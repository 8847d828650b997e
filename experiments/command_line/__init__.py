"""What commands share: arguments, lists for people and for programs, and the word that compiling takes a while."""
