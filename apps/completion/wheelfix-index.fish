source (status dirname)/wheelfix.fish
