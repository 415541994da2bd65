package scenes

// elf are the scenes of chapter 4, M22–M26.
var elf = []Scene{}
