"""The sandbox of the child: namespaces, Landlock, seccomp, limits and an audit hook."""
