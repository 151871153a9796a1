"""TDM Reservation Protocol (W3C CG Final Report, 2024-05-10): its file, its policies, its layers."""
