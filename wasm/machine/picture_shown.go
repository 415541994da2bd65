package main

import "strings"

// stage is which diagrams the pictures are for.
type stage struct{ large, small string }

// shown takes in what the page shows: "cow,memory|time,rings" are the diagrams on stage and on cards, and those of which there is
// a badge. "" is everything, as before the page has said anything.
func (p *picture) shown(list string) {
	large, small, _ := strings.Cut(list, "|")
	if list == "" {
		p.stage = stage{}
		return
	}
	p.stage = stage{"," + large + ",", "," + small + ","}
}

// shows tells whether a diagram is on stage or a card. While the computer stands still everything is shown: the text twin is
// complete then.
func (p *picture) shows(id string) bool {
	return p.stage.large == "" || !p.s.playing || strings.Contains(p.stage.large, ","+id+",")
}

// glimpses tells whether at least a badge of a diagram is shown.
func (p *picture) glimpses(id string) bool {
	return p.shows(id) || strings.Contains(p.stage.small, ","+id+",")
}
