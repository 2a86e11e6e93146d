"""The rule book: pages (what a rule is), conditions (`where`), and which rules run (select)."""
