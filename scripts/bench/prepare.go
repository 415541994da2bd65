package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"vitrine/scripts/browser"
	"vitrine/scripts/image"
)

const folder = "scripts/bench" // this command runs at the module's root

var (
	//go:embed page/index.html
	pageHTML []byte
	//go:embed page/worker.js
	pageWorker []byte
)

// checksum is what a kernel computes on the host's processor.
type checksum struct{ kernel, sum string }

// prepare compiles the kernels, runs them on the host, and puts them on a disk whose init runs them.
func prepare(disk, out string, rounds int) ([]byte, []checksum, error) {
	program, err := compileGuest(out, "kernels")
	if err != nil {
		return nil, nil, err
	}
	sums, err := onHost(program)
	if err != nil {
		return nil, nil, err
	}
	raw, err := diskWith(disk, program, "/bin/kernels", fmt.Sprint(rounds))
	return raw, sums, err
}

// compileGuest makes a static program of a source in guest/.
func compileGuest(out, name string) (string, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	program := filepath.Join(out, name)
	gcc := exec.Command("musl-gcc", "-O2", "-static", "-fno-pie", "-no-pie", "-o", program, folder+"/guest/"+name+".c")
	gcc.Stderr = os.Stderr
	if err := gcc.Run(); err != nil {
		return "", fmt.Errorf("compiling %s: %w", name, err)
	}
	return program, nil
}

// diskWith is the disk with a program, which init runs with one argument.
func diskWith(disk, program, inGuest, arg string) ([]byte, error) {
	raw, err := os.ReadFile(disk)
	if err != nil {
		return nil, err
	}
	im, err := image.Open(raw)
	if err != nil {
		return nil, err
	}
	if err := im.Add(program, inGuest); err != nil {
		return nil, err
	}
	if err := im.WriteFile("/etc/init.argv", []byte(inGuest+"\x00"+arg+"\x00"), 0o644); err != nil {
		return nil, err
	}
	return im.Close()
}

func onHost(program string) ([]checksum, error) {
	path, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	text, err := exec.Command(path).Output()
	if err != nil {
		return nil, fmt.Errorf("the kernels on the host: %w", err)
	}
	var sums []checksum
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) == 3 && words[1] == "end" {
			sums = append(sums, checksum{words[0][1:], words[2]})
		}
	}
	return sums, nil
}

// inBrowser builds the benchmark for the browser and lets a worker in headless Chromium run it: the interpreter's, or
// with what "?costs" that of the kernel's services, with "?rewind" that of going back.
func inBrowser[T any](out string, image []byte, what string) ([]T, error) {
	build := exec.Command("scripts/build-wasm", filepath.Join(out, "bench.wasm"), "./"+folder+"/page")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	for name, data := range map[string][]byte{"index.html": pageHTML, "worker.js": pageWorker, "wasm_exec.js": glue, "disk.img": image} {
		if err := os.WriteFile(filepath.Join(out, name), data, 0o644); err != nil {
			return nil, err
		}
	}
	tab, err := browser.Open(out, 400, 300, 1)
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	if err := tab.Go("index.html" + what); err != nil {
		return nil, err
	}
	text, err := tab.WaitFor("results", 10*time.Minute, func(s string) bool {
		return strings.Contains(s, "done") || strings.Contains(s, "failed")
	})
	if err != nil {
		return nil, err
	}
	return parse[T](text)
}

func parse[T any](text string) ([]T, error) {
	var results []T
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line == "done" {
			return results, nil
		}
		var r T
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			return nil, errors.New("in Chromium: " + line)
		}
		results = append(results, r)
	}
	return nil, errors.New("in Chromium: it did not end")
}
