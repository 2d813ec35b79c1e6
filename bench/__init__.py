"""How fast the main work is, as ratios against floors measured in the same run; `python -m bench` prints them."""
