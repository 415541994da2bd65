package film

import (
	"vitrine/scenes"
	"vitrine/wasm/view"
)

// Crowded is no scene of the site: much memory, tables of five levels and some forty tasks. Every diagram must read well on it, too.
var Crowded = scenes.Scene{
	ID: "crowded", Title: "Forty tasks, 1 GiB, five levels",
	Boot: scenes.Boot{MemMiB: 1024, Append: "la57"},
	Moments: []scenes.Moment{{Name: "A copy on write", Goal: view.Goal{
		Run:  "for i in 1 2 3 4 5 6; do for j in 1 2 3 4 5 6; do spin 90 & done; done; sleep 1 | sleep 1 | cow",
		Stop: "cow", In: "cow", Times: 3,
	}}},
}

// On is the film with a diagram on stage, as a scene of its own.
func (f *Film) On(diagram string) *Film {
	on := *f
	on.Scene.ID += "-" + diagram
	on.Scene.Title += ": " + diagram
	on.Scene.Stage = diagram
	return &on
}
