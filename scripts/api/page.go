package api

import (
	"encoding/json"

	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// Page is the table as the page's program reads it.
type Page struct {
	Version int                 `json:"version"`
	Methods []Method            `json:"methods"`
	Lists   map[string][]string `json:"lists"` // what choices are of; the page adds its diagrams as stages
	Bits    map[string]int      `json:"bits"`  // of the kinds, in a mask
}

// JSON is the table for the page's head, without any character that HTML would take for its own.
func JSON() (string, error) {
	p := Page{Version: Version, Bits: map[string]int{},
		Lists: map[string][]string{"events": EventNames(), "kinds": Kinds(), "stops": Stops(), "themes": Themes, "ways": Ways}}
	for _, m := range Methods {
		m.Params = append([]Param{}, m.Params...) // an empty list and not null
		p.Methods = append(p.Methods, m)
	}
	for _, name := range Kinds() {
		kind, _ := trace.ByName(name)
		p.Bits[name] = int(kind)
	}
	out, err := json.Marshal(p)
	return string(out), err
}

// Kinds are the names of what can be listened to. Single instructions are not: there are a hundred million a second.
func Kinds() (names []string) {
	for k := trace.Instr + 1; k < trace.NumKinds; k++ {
		names = append(names, trace.Kinds[k].Name)
	}
	return names
}

// Stops are the names of what stepEvent can go to.
func Stops() (names []string) {
	for _, s := range view.Stops {
		names = append(names, s.ID)
	}
	return names
}

// EventNames and MethodNames list the tables' names.
func EventNames() (names []string) {
	for _, e := range Events {
		names = append(names, e.Name)
	}
	return names
}

// MethodNames lists the methods.
func MethodNames() (names []string) {
	for _, m := range Methods {
		names = append(names, m.Name)
	}
	return names
}
