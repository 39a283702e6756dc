"""What residents send along, made harmless: pictures and voice are decoded and encoded anew in a child process with limits, and
kept sealed in a vault (a folder or S3) under names the server makes."""
