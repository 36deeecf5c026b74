"""How fast the program is: every figure of one table from one run on one machine."""
