"""Running means."""


class Mean:
    def __init__(self):
        self.total = 0.0
        self.count = 0

    def add(self, value, n):
        self.total += float(value) * n
        self.count += n

    def __float__(self):
        return self.total / max(1, self.count)
