"""What a panel of daily prices of many tokens says about the market: for fitting and for tests, not part of the simulation."""
