package diagram

import (
	"math/rand/v2"
	"testing"

	"vitrine/wasm/ui"
)

// TestTreeLayout: as a tree, nodes lie in their area and not on each other, and roomy ones are as large as what they tell.
func TestTreeLayout(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	trees, large := 0, 0
	for range 2000 {
		nodes := []node{{up: -1}}
		for i := 1; i < 1+random.IntN(9); i++ {
			up := i - 1
			for random.IntN(2) == 0 && nodes[up].up >= 0 {
				up = nodes[up].up
			}
			nodes = append(nodes, node{up: up, depth: nodes[up].depth + 1})
		}
		area := ui.Rect{X: 20, Y: 80, W: 300 + 700*random.Float32(), H: 200 + 500*random.Float32()}
		room := roomy(nodes, area)
		if !treeLayout(nodes, area) {
			continue
		}
		trees++
		for i, a := range nodes {
			if a.at.X < area.X-1 || a.at.Y < area.Y-1 || a.at.Right() > area.Right()+1 || a.at.Bottom() > area.Bottom()+1 {
				t.Fatalf("%v lies outside of %v", a.at, area)
			}
			if room && (a.at.W < roomyW || a.at.H < roomyH) {
				t.Fatalf("a node with room for everything is %v", a.at)
			}
			for _, b := range nodes[:i] {
				if a.at.X < b.at.Right() && b.at.X < a.at.Right() && a.at.Y < b.at.Bottom() && b.at.Y < a.at.Bottom() {
					t.Fatalf("%v lies on %v", a.at, b.at)
				}
			}
		}
		if room {
			large++
		}
	}
	if trees < 100 || large < 20 {
		t.Errorf("only %d trees, %d of them with room", trees, large)
	}
}
