"""From words to meaning; pure, with the rules and the surroundings as arguments."""
