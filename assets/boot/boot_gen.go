package boot

// ROM, BootSector and Kernel are the assembled code; Symbols is sorted by address; ID names this content.
const (
	ROM        = ""
	BootSector = ""
	Kernel     = ""
	ID         = ""
)

var Symbols = []Symbol{}
