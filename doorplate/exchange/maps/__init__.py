"""What our maps on paper are made of: shapes, signs, number labels, pieces of street."""
