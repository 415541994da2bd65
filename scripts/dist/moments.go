package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"vitrine/engine/state"
	"vitrine/scripts/picture"
	"vitrine/wasm/scene"
	"vitrine/wasm/view"
)

// moment is a shipped moment as the page's list has it.
type moment struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Stage       string `json:"stage"`
	Link        string `json:"link"` // the fragment that opens it, without '#'

	batches []*view.Batch
}

// Size of a preview image in pixels: what chat programs and search engines show whole. The picture on it is laid out for a
// window of 1448 × 760.
const (
	previewW = 1200
	previewH = 630
	windowW  = 1448
	windowH  = 760
)

// addMoments runs the machine to each shipped moment and writes the folder s: a page, an oEmbed answer and pictures of each.
func addMoments(fresh string, site address) ([]moment, error) {
	list, err := reachMoments()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(fresh, "s"), 0o755); err != nil {
		return nil, err
	}
	faces, err := picture.LoadFaces("build/fonts")
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	errs := make([]error, len(list))
	for i := range list {
		all.Go(func() { errs[i] = list[i].write(fresh, site, faces) })
	}
	all.Wait()
	return list, errors.Join(errs...)
}

// reachMoments has the page's own machine program, built for this computer, go to the moments.
func reachMoments() ([]moment, error) {
	var goals []view.Goal
	var in bytes.Buffer
	for _, m := range scene.Moments {
		goals = append(goals, m.Goal)
		if err := json.NewEncoder(&in).Encode(view.Run{Goals: []view.Goal{m.Goal}}); err != nil {
			return nil, err
		}
	}
	machine := exec.Command("go", "run", "-trimpath", "./wasm/machine")
	machine.Stdin, machine.Stderr = &in, os.Stderr
	out, err := machine.Output()
	if err != nil {
		return nil, fmt.Errorf("the shipped moments: %w", err)
	}
	answers := json.NewDecoder(bytes.NewReader(out))
	list := make([]moment, len(goals))
	for i, m := range scene.Moments {
		list[i] = moment{ID: m.ID, Title: m.Title, Description: m.Description, Stage: m.Stage}
		var reached view.Reached
		if err := answers.Decode(&reached); err != nil {
			return nil, fmt.Errorf("the shipped moments: %s: %w", m.ID, err)
		}
		list[i].Link = reached.Link[1:] + "&scene=" + m.ID + "&stage=" + m.Stage
		for _, p := range reached.Moments[0].Batches {
			b := new(view.Batch)
			if err := state.Decode(p, b); err != nil {
				return nil, err
			}
			list[i].batches = append(list[i].batches, b)
		}
	}
	return list, nil
}

func (m *moment) write(fresh string, site address, faces *picture.Faces) error {
	for _, dark := range []bool{false, true} {
		shot := picture.Shot{Stage: m.Stage, Dark: dark, W: windowW, H: windowH, Scale: float32(previewH) / windowH}
		var out bytes.Buffer
		if err := png.Encode(&out, shot.Draw(faces, m.batches)); err != nil {
			return err
		}
		name := m.ID + ".png"
		if dark {
			name = m.ID + "-dark.png"
		}
		if err := os.WriteFile(filepath.Join(fresh, "s", name), out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(fresh, "s", m.ID+".html"), []byte(m.page(site)), 0o644); err != nil {
		return err
	}
	answer, err := m.oEmbed(site)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(fresh, "s", m.ID+".json"), answer, 0o644)
}
