"""The operations, one file a family. Importing this package makes them methods of Tensor."""
