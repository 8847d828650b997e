"""The fast clock of node scaling: hours of three-second ticks, single jobs as their oracle, and the surface fitted to them."""
