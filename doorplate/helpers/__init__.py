"""Programs of ours that open what strangers made, so that a file which takes all memory or time takes nothing of ours."""
