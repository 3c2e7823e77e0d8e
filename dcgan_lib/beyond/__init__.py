"""What came after the DCGAN: ProGAN, StyleGAN3, portraits that move (chapters 12 to 14)."""
