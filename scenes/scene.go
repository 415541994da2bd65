// Package scenes is what the site tells about the computer: for every mechanism what to boot and run, which diagrams show it, the
// moments of its story and the words for them. A scene is plain data; a moment is described by what happens there, and found
// by running the machine (scripts/film).
//
// What is made of it for the page, by scripts/dist (the same names, in lower case; what is empty is left out):
//
//	{{scenes}} in index.html: [{id, title, chapter, stage, parts, slow, brief, alt, picture, link, missing}] of all scenes in
//	  order. picture is "s/ID.png"; the dark one is "s/ID-dark.png". link is the fragment, without '#', that replays the run to
//	  its last moment. "machine" is the first, of chapter 0. Missing ones have neither stage nor picture nor link.
//	s/ID.json, fetched when the scene is opened: the same and {text, deep, why, loose, ask: {moment, kind, text},
//	  moments: [{name, text, stage, count, now, hash}]}. count, now and hash (hexadecimal) are those of each moment, all of which
//	  lie on the timeline once the link was replayed: the command {kind: "seek", n: now} goes to one. A moment's stage is never
//	  empty here. A moment may have look: [{kind, n}], the commands that choose what it is about. ask.moment is an index into moments.
//	s/ID.oembed.json: the oEmbed answer. s/ID.html: the card for whoever shows previews of links.
//
// The address of a scene is #scene=ID, that of its moment n, counted from 1, #scene=ID&moment=n.
package scenes

import "vitrine/wasm/view"

// Scene shows one mechanism.
type Scene struct {
	ID      string // a row of the table of mechanisms, "M38"; or a word
	Title   string // at most 48 letters
	Chapter int    // index into Chapters
	Missing string // why the mechanism cannot be shown; "": it is shown
	Boot    Boot
	Stage   string   // the diagram on stage
	Parts   []string // diagrams beside it as cards, at most two
	Slow    string   // the ID of a view.Stop at which full speed slows
	Brief   string   // one line, at most 110 letters
	Text    string   // two to four sentences for everyone
	Deep    string   // the whole truth, with the names that Linux and Intel use. Code stands in `backticks` in all texts.
	Why     string   // why it is so: two or three sentences
	Loose   string   // where the article is loose; "": it is not
	Key     int      // the moment that the preview picture shows, an index into Moments
	Alt     string   // what is seen there
	Moments []Moment // two to six, in the order of time; one run goes through all of them
	Ask     *Ask
}

// Boot says what differs from the default machine.
type Boot struct {
	Append  string // kernel command line: "la57 sched=cooperative"
	MemMiB  int
	SwapMiB int         // a second disk to swap to
	Files   []view.File // put on its disk
}

// Moment is a step of the story.
type Moment struct {
	Name  string // two to five words
	Text  string // what to look at here: one or two sentences
	Stage string // "": the scene's
	Goal  view.Goal
}

// Ask is a question that the reader may answer before the machine does. The answer and the wrong choices are computed from the
// machine at that moment.
type Ask struct {
	Moment int    // at which it is asked, an index into Moments
	Kind   string // of computed question
	Text   string
}

// Chapter is a chapter of the article that the scenes follow.
type Chapter struct{ Title, URL string }

// Chapters are the article's, by number. The first is about no chapter: the machine itself.
var Chapters = []Chapter{
	{"The machine", "https://cpu.land/"},
	{"The basics", "https://cpu.land/the-basics"},
	{"Slice dat time", "https://cpu.land/slice-dat-time"},
	{"How to run a program", "https://cpu.land/how-to-run-a-program"},
	{"Becoming an ELF-lord", "https://cpu.land/becoming-an-elf-lord"},
	{"The translator in your computer", "https://cpu.land/the-translator-in-your-computer"},
	{"Let's talk about forks and cows", "https://cpu.land/lets-talk-about-forks-and-cows"},
}

// machine is just the machine: nothing is narrated.
var machine = Scene{
	ID: "machine", Title: "A computer behind glass", Stage: "machine",
	Brief:   "A whole PC in your browser: processor, memory, timer, interrupt controller and disk, booted to a shell.",
	Text:    "A whole PC in your browser: processor, memory, timer, interrupt controller and disk at work, booted to a shell where you can type.",
	Alt:     "A diagram of a computer: processor, memory, timer and interrupt controller, disk and kernel, with a console at its prompt.",
	Moments: []Moment{{Name: "At the prompt", Text: "The shell waits for you.", Goal: view.Goal{Rest: true}}},
}

// All lists the scenes in the order of the story, just the machine first.
func All() []Scene {
	list := []Scene{machine}
	for _, chapter := range [][]Scene{basics, slicing, running, elf, paging, forks} {
		list = append(list, chapter...)
	}
	return list
}

// ByID returns the scene with that ID.
func ByID(id string) (Scene, bool) {
	for _, s := range All() {
		if s.ID == id {
			return s, true
		}
	}
	return Scene{}, false
}

// Run is the run that goes through the scene's moments.
func (s *Scene) Run() view.Run {
	r := view.Run{Boot: s.Boot.Append, Mem: uint64(s.Boot.MemMiB) << 20, Swap: uint64(s.Boot.SwapMiB) << 20, Files: s.Boot.Files}
	for _, m := range s.Moments {
		r.Goals = append(r.Goals, m.Goal)
	}
	if s.Ask != nil {
		r.Asks = append(r.Asks, view.Asked{Moment: s.Ask.Moment, Kind: s.Ask.Kind})
	}
	return r
}

// StageOf is the diagram on stage at a moment.
func (s *Scene) StageOf(moment int) string {
	if m := &s.Moments[moment]; m.Stage != "" {
		return m.Stage
	}
	return s.Stage
}
