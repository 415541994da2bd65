// Package film runs scenes on the page's own machine program, built for this computer: what a page would have received up to
// each moment, and pictures of it.
package film

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"

	"vitrine/engine/state"
	"vitrine/scenes"
	"vitrine/scripts/picture"
	"vitrine/wasm/view"
)

// Film is a scene that has been run.
type Film struct {
	Scene   scenes.Scene
	Link    string // of the last moment: the fragment, without '#'
	Moments []view.Instant
	Answer  *view.Prediction // to the scene's question; nil: it asks none

	batches [][]*view.Batch // of each moment
}

// Looks are how each moment is looked at.
var Looks = []Look{
	{"desktop-light", picture.Shot{W: 1440, H: 760, Scale: 1}},
	{"desktop-dark", picture.Shot{W: 1440, H: 760, Scale: 1, Dark: true}},
	{"phone-light", picture.Shot{W: 390, H: 1400, Scale: 1.5}},
	{"phone-dark", picture.Shot{W: 390, H: 1400, Scale: 1.5, Dark: true}},
}

// Look is a kind of window.
type Look struct {
	Name string
	Shot picture.Shot
}

// Shoot runs the scenes one after the other and gives each to take. Scenes that cannot be shown are left out.
// When one fails, the others are still run.
func Shoot(list []scenes.Scene, take func(*Film) error) error {
	var shown []scenes.Scene
	var in bytes.Buffer
	ask := json.NewEncoder(&in)
	for _, s := range list {
		if s.Missing != "" {
			continue
		}
		shown = append(shown, s)
		if err := ask.Encode(s.Run()); err != nil {
			return err
		}
	}
	machine := exec.Command("go", "run", "-trimpath", "./wasm/machine")
	var err error
	if machine.Dir, err = Root(); err != nil {
		return err
	}
	machine.Stdin, machine.Stderr = &in, os.Stderr
	out, err := machine.StdoutPipe()
	if err != nil {
		return err
	}
	if err := machine.Start(); err != nil {
		return err
	}
	answers := json.NewDecoder(out)
	var errs []error
	for _, s := range shown {
		f := &Film{Scene: s}
		err := f.receive(answers)
		if err == nil {
			err = take(f)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("scene %s: %w", s.ID, err))
		}
	}
	return errors.Join(append(errs, machine.Wait())...)
}

// Root is the folder of the project, in which the one that was called lies.
func Root() (string, error) {
	folder, err := os.Getwd()
	for ; err == nil; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("this is not in the project's folder")
		}
	}
	return "", err
}

// receive reads the machine's answer.
func (f *Film) receive(answers *json.Decoder) error {
	var r view.Reached
	if err := answers.Decode(&r); err != nil {
		return err
	}
	if r.Error != "" {
		return errors.New(r.Error)
	}
	f.Link, f.Moments = r.Link[1:], r.Moments
	if len(r.Answers) > 0 {
		f.Answer = r.Answers[0]
	}
	for i := range f.Moments {
		var list []*view.Batch
		for _, p := range f.Moments[i].Batches {
			b := new(view.Batch)
			if err := state.Decode(p, b); err != nil {
				return err
			}
			list = append(list, b)
		}
		f.batches = append(f.batches, list)
	}
	return nil
}

// Draw is the canvas at a moment, as for a reader who has come there from the moments before. The shot's stage and parts are the moment's.
func (f *Film) Draw(faces *picture.Faces, moment int, shot picture.Shot) *image.RGBA {
	var seen []*view.Batch
	for _, list := range f.batches[:moment+1] {
		seen = append(seen, list...)
	}
	shot.Stage, shot.Parts = f.Scene.StageOf(moment), f.Scene.Parts
	return shot.Draw(faces, seen)
}
