package scenes

// basics are the scenes of chapter 1, M01–M08.
var basics = []Scene{}
