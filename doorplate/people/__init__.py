"""Who answers at a door on a day: the rules of an office (`rules`), and the officials those leave to be shown (`duty`)."""
