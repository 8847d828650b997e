"""Run directories and files that are whole or absent; progress and cancellation through them."""
