"""Does the economy behave? The twelve checks of ECONOMY and the patterns of MODEL 18, with and without each mechanism."""
