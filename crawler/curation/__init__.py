"""What a corpus owes after it was written: permission asked again, and refused rows named."""
