"""The operations, one file per family. Importing this package makes them methods of Tensor."""
