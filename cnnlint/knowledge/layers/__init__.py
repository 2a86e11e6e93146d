"""The layers of torch.nn: torch's constructor arguments, what they do to a shape, what they learn."""
