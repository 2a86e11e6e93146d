"""The functions of torch and torch.nn.functional and the methods of tensors: what they do to a shape."""
