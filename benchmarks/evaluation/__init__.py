"""How good the detection is: the cases, the peers, and the figures that are kept."""
