package scenes

// running are the scenes of chapter 3, M16–M21.
var running = []Scene{}
