package scenes

// paging are the scenes of chapter 5, M27–M36.
var paging = []Scene{}
