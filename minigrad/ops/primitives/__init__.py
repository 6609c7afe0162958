"""The operations that others are made of: their rules are all that gradients consist of."""
