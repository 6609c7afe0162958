"""The operations that others are made of. Who has read these rules knows what all gradients consist of."""
