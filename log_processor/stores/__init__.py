"""Where documents go: the contract, and its implementations. `opening` chooses one by its URL."""
