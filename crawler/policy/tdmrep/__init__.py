"""TDM Reservation Protocol (W3C CG Final Report, 2024-05-10): file, policies, layers."""
