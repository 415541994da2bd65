// Package api is the one definition of how other pages drive the machine: its methods with their parameters, its events,
// the plain data that travels, and the attributes of the element. The page gets it as JSON (scripts/dist) and checks
// messages with it; scripts/gen writes web/embed.d.ts and the tables of assets/docs/EMBED.md from it.
package api

// Version is the number in every message, {vitrine: 1, …}. It changes when an old host would misunderstand.
const Version = 1

// Kind is what a parameter takes.
type Kind string

// The kinds of parameters. Of them Min and Max bound the number, the length in characters, bytes or entries.
const (
	Whole   Kind = "whole"   // a whole number
	Number  Kind = "number"  // any finite number
	Text    Kind = "text"    // a string
	Choice  Kind = "choice"  // one word of the list Of
	Choices Kind = "choices" // an array of words of the list Of
	Bytes   Kind = "bytes"   // an ArrayBuffer or a Uint8Array
)

// Param is a parameter of a method.
type Param struct {
	Name string  `json:"name"`
	Kind Kind    `json:"kind"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
	Of   string  `json:"of,omitempty"` // of a choice: events, kinds, stops, stages, themes, ways
	Need bool    `json:"need,omitempty"`
	Doc  string  `json:"-"`
}

// Method is something that can be asked of the machine. In the element a single argument that is no plain object stands
// for the first parameter.
type Method struct {
	Name    string  `json:"name"`
	Params  []Param `json:"params"`
	OneOf   bool    `json:"oneOf,omitempty"`   // exactly one of the parameters must be given
	Changes bool    `json:"changes,omitempty"` // what a locked machine refuses
	Result  string  `json:"-"`                 // name of a type
	Doc     string  `json:"-"`
}

// Event is something that the machine tells whoever has subscribed to it.
type Event struct {
	Name string
	Data string // name of a type
	Doc  string
}

// Field is a part of a type, in TypeScript's words.
type Field struct{ Name, Type, Doc string }

// Type is plain data that travels from the machine.
type Type struct {
	Name, Doc string
	Fields    []Field
}

// Attribute is one of the element's; all but those that Frame marks become parameters of the embedded page's address.
type Attribute struct {
	Name, Values string
	Frame        bool // of the frame around the page
	Doc          string
}

const safe = 1<<53 - 1 // the largest whole number that JavaScript knows exactly

// Methods are what can be asked, in the order of the documents.
var Methods = []Method{
	{Name: "hello", Result: "Ready", Doc: "Begins. Before it nothing is sent, and nothing else is answered."},
	{Name: "play", Result: "State", Doc: "Lets the machine run at the chosen speed."},
	{Name: "pause", Result: "State", Doc: "Stops it between two instructions."},
	{Name: "step", Result: "State", Params: []Param{{Name: "n", Kind: Whole, Min: 1, Max: 1e9, Doc: "instructions; 1 unless told"}},
		Doc: "Executes so many instructions, then stops."},
	{Name: "stepEvent", Result: "State", Params: []Param{{Name: "kind", Kind: Choice, Of: "stops", Doc: "where to stop; `any` unless told"}},
		Doc: "Runs to the next event of a kind. When all tasks wait for the keyboard it is answered there, and goes on once something is typed."},
	{Name: "back", Result: "State", Params: []Param{{Name: "n", Kind: Whole, Min: 1, Max: 1e9, Doc: "instructions; 1 unless told"}},
		Doc: "Goes back so many instructions."},
	{Name: "backEvent", Result: "State", Params: []Param{{Name: "kind", Kind: Choice, Of: "stops", Doc: "where to stop; `any` unless told"}},
		Doc: "Goes back to the last event of a kind."},
	{Name: "seek", Result: "State", OneOf: true, Params: []Param{
		{Name: "instruction", Kind: Whole, Max: safe, Doc: "instructions executed since power-on"},
		{Name: "now", Kind: Whole, Max: safe, Doc: "the machine's clock, in units of 10 ns"}},
		Doc: "Goes to a moment that was passed already: any instant between `timeline.first` and `timeline.end`."},
	{Name: "toMoment", Result: "State", OneOf: true, Params: []Param{
		{Name: "n", Kind: Whole, Min: 1, Max: 99, Doc: "its number, from 1"},
		{Name: "go", Kind: Choice, Of: "ways", Doc: "the one after or before the present one"}},
		Doc: "Goes to a moment of the scene that is open, with its diagram and its text. Without a scene, or beyond its last moment, it is refused."},
	{Name: "setSpeed", Result: "Done", Params: []Param{{Name: "speed", Kind: Number, Max: 1e9, Need: true, Doc: "instructions per second; 0 is full speed"}},
		Doc: "Sets how fast `play` plays."},
	{Name: "setStage", Result: "Done", Params: []Param{{Name: "stage", Kind: Choice, Of: "stages", Need: true, Doc: "the diagram"}},
		Doc: "Brings a diagram on stage."},
	{Name: "setTheme", Result: "Done", Params: []Param{{Name: "theme", Kind: Choice, Of: "themes", Need: true, Doc: "colours; `auto` follows the reader's system"}},
		Doc: "Chooses light or dark."},
	{Name: "load", Result: "State", Changes: true, Params: []Param{
		{Name: "link", Kind: Text, Min: 1, Max: 64 << 10, Doc: "a link, its fragment (`#scene=M38` as well), or what follows `r=` in it"},
		{Name: "file", Kind: Bytes, Min: 1, Max: 64 << 20, Doc: "the content of a `.vitrine` file"},
		{Name: "boot", Kind: Text, Max: 2048, Doc: "the kernel's command line"},
		{Name: "mem", Kind: Text, Max: 16, Doc: "size of memory, as in `32M`"},
		{Name: "disk", Kind: Text, Max: 40, Doc: "which disk, as in `debian`"},
		{Name: "run", Kind: Text, Max: 1024, Doc: "what is typed at the first prompt"}},
		Doc: "Switches on another machine: from a link or a file, or afresh with options. It is answered when that machine is there."},
	{Name: "type", Result: "Done", Changes: true, Params: []Param{{Name: "text", Kind: Text, Min: 1, Max: 4096, Need: true, Doc: "as on a keyboard: `\\r` is Enter, `\\x03` Ctrl-C"}},
		Doc: "Types on the console's keyboard. In the past it begins another branch of time."},
	{Name: "getState", Result: "State", Doc: "Registers, task and time of the present moment."},
	{Name: "getConsole", Result: "Console", Doc: "What the console shows, as text."},
	{Name: "getLink", Result: "Link", Doc: "A link to the present moment."},
	{Name: "subscribe", Result: "Subscribed", Params: []Param{
		{Name: "events", Kind: Choices, Of: "events", Max: 16, Doc: "events to be told of"},
		{Name: "kinds", Kind: Choices, Of: "kinds", Max: 64, Doc: "kinds of what happens in the machine, for `event`"}},
		Doc: "Asks for events, in addition to those asked for before. `kinds` asks for `event` as well."},
	{Name: "unsubscribe", Result: "Subscribed", Params: []Param{
		{Name: "events", Kind: Choices, Of: "events", Max: 16, Doc: "events that are enough"},
		{Name: "kinds", Kind: Choices, Of: "kinds", Max: 64, Doc: "kinds that are enough"}},
		Doc: "Asks for no more of these; without parameters for none at all."},
}

// Events are what the machine tells.
var Events = []Event{
	{"ready", "Ready", "The machine can be driven: once after `hello`, which subscribes to it, and again when another machine was loaded."},
	{"state", "Brief", "Something has changed: ten times a second at most."},
	{"moment", "State", "It has stopped: paused, stepped, sought, waiting for the keyboard."},
	{"event", "Happened", "Something of a kind that was subscribed to has happened: at most 64 from one picture to the next, the newest, and how many more there were."},
	{"progress", "Progress", "How far a long work is: fetching, replaying, seeking."},
	{"verdict", "Verdict", "What came of the replay of a link."},
	{"end", "End", "Nothing runs any more: the machine is off, has panicked, asks for a restart, or the embed's `end` is reached."},
	{"error", "Problem", "Something went wrong that nobody had asked for."},
}

// Themes are the choices of setTheme.
var Themes = []string{"auto", "light", "dark"}

// Ways are the choices of toMoment.
var Ways = []string{"next", "previous"}
