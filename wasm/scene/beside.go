package scene

import (
	"slices"
	"strings"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
)

// beside are the diagrams that stand beside the one on stage.
type beside struct{ cards, badges []string }

// SetParts chooses the diagrams to be seen as cards beside the stage, at most two; with none it is the CPU where the stage is
// about what it does.
func (p *Picture) SetParts(ids []string) {
	p.parts = p.parts[:0]
	for _, id := range ids {
		if diagram.ByID(id).ID == id && !slices.Contains(p.parts, id) && len(p.parts) < mostCards {
			p.parts = append(p.parts, id)
		}
	}
}

// chooseBeside chooses cards and badges for the stage.
func (p *Picture) chooseBeside() beside {
	b := beside{cards: p.beside.cards[:0], badges: p.beside.badges[:0]}
	for _, id := range p.parts {
		if id != p.def.ID {
			b.cards = append(b.cards, id)
		}
	}
	if len(b.cards) == 0 && p.def.Side {
		b.cards = append(b.cards, diagram.IDInstructions)
	}
	if len(b.cards) == 1 && b.cards[0] != diagram.IDInstructions {
		b.cards = append(b.cards, p.second(b.cards[0]))
	}
	for i := range diagram.All {
		d := &diagram.All[(i+1)%len(diagram.All)] // the whole machine, which is the first, comes last
		if d.ID != p.def.ID && d.ID != diagram.IDConsole && d.Badge != nil && !slices.Contains(b.cards, d.ID) {
			b.badges = append(b.badges, d.ID)
		}
	}
	return b
}

// second chooses the card below one that does not fill the column: what the stage and that card do not show.
func (p *Picture) second(first string) string {
	for _, id := range []string{diagram.IDMemory, diagram.IDProcesses} {
		if id != first && id != p.def.ID && p.def.ID != diagram.IDMachine {
			return id
		}
	}
	return diagram.IDTime // the whole machine has memory and tasks already
}

// wants says what there is to be placed in a window w wide.
func (p *Picture) wants(w float32) Wants {
	o := Wants{Cards: len(p.beside.cards), Badges: len(p.beside.badges), Console: p.def.ID == diagram.IDConsole, NoStory: p.Narrated}
	o.CPU = o.Cards == 1 && p.beside.cards[0] == diagram.IDInstructions
	if w < Wide { // there is no room for cards
		p.beside.badges = slices.Concat(p.beside.cards, p.beside.badges)
		p.beside.cards = nil
		o.Badges = len(p.beside.badges)
	}
	o.Stage = p.stage.Height(p.Model, w-20)
	return o
}

func (p *Picture) drawBeside(l *Layout) {
	for i, r := range l.Cards {
		if r.W > 0 && i < len(p.beside.cards) {
			diagram.DrawCard(p.C, p.Model, p.beside.cards[i], r)
		}
	}
	for i, r := range l.Badges {
		if r.W > 0 && i < len(p.beside.badges) {
			diagram.DrawBadge(p.C, p.Model, p.beside.badges[i], r)
		}
	}
}

// tellShown says which diagrams the frames must have everything for (stage and cards), and after a bar which of them show one
// number (badges), so that nothing is read from the machine in vain.
func (p *Picture) tellShown() {
	large, small := []string{p.def.ID}, []string(nil)
	large = append(large, p.beside.cards...)
	for i, r := range p.layout.Badges {
		if r.W > 0 && i < len(p.beside.badges) {
			small = append(small, p.beside.badges[i])
		}
	}
	s := strings.Join(large, ",") + "|" + strings.Join(small, ",")
	if s == p.sentShown {
		return
	}
	p.sentShown = s
	p.C.Act(ui.Action{Kind: "shown", Text: s})
}
