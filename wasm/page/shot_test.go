//go:build !js

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"vitrine/wasm/view"
)

var (
	shots = flag.String("shots", "", "folder to write pictures of every stage to")
	only  = flag.String("only", "", "take only the pictures whose name contains this")
)

type shot struct {
	name   string
	w, h   int
	dpr    float64
	stage  string
	theme  string
	batch  func() *view.Batch
	before func() *view.Batch
}

var all = []shot{
	{name: "machine", w: 1440, h: 770, dpr: 1, stage: "machine", batch: fixtureTimer},
	{name: "early", w: 1440, h: 770, dpr: 1, stage: "machine", batch: fixtureEarly},
	{name: "machine-dark", w: 1440, h: 770, dpr: 1, stage: "machine", theme: "dark", batch: fixtureTimer},
	{name: "machine-2x", w: 1440, h: 770, dpr: 2, stage: "machine", batch: fixtureTimer},
	{name: "machine-medium", w: 1024, h: 768, dpr: 1, stage: "machine", batch: fixtureTimer},
	{name: "machine-phone", w: 390, h: 2100, dpr: 2, stage: "machine", batch: fixtureTimer},
	{name: "machine-big", w: 1920, h: 950, dpr: 1, stage: "machine", batch: fixtureTimer},
	{name: "instructions", w: 1440, h: 770, dpr: 1, stage: "instructions", batch: fixtureCow},
	{name: "instructions-medium", w: 1024, h: 768, dpr: 1, stage: "instructions", theme: "dark", batch: fixtureCow},
	{name: "instructions-phone", w: 390, h: 1900, dpr: 2, stage: "instructions", batch: fixtureCow},
	{name: "time", w: 1440, h: 770, dpr: 1, stage: "time", batch: fixtureTimer},
	{name: "time-medium", w: 1024, h: 768, dpr: 1, stage: "time", batch: fixtureTimer},
	{name: "time-phone", w: 390, h: 1900, dpr: 2, stage: "time", theme: "dark", batch: fixtureTimer},
	{name: "walk", w: 1440, h: 770, dpr: 1, stage: "walk", batch: fixtureCow},
	{name: "walk-dark", w: 1440, h: 770, dpr: 2, stage: "walk", theme: "dark", batch: fixtureCow},
	{name: "walk-medium", w: 1024, h: 768, dpr: 1, stage: "walk", batch: fixtureCow},
	{name: "walk-phone", w: 390, h: 1900, dpr: 2, stage: "walk", batch: fixtureCow},
	{name: "rings", w: 1440, h: 770, dpr: 1, stage: "rings", batch: fixtureDoor},
	{name: "rings-dark", w: 1024, h: 768, dpr: 1, stage: "rings", theme: "dark", batch: fixtureDoor},
	{name: "rings-phone", w: 390, h: 2000, dpr: 2, stage: "rings", batch: fixtureDoor},
	{name: "rings-early", w: 1440, h: 770, dpr: 1, stage: "rings", batch: fixtureEarly},
	{name: "memory", w: 1440, h: 770, dpr: 1, stage: "memory", batch: fixtureDoor},
	{name: "memory-phone", w: 390, h: 1900, dpr: 2, stage: "memory", theme: "dark", batch: fixtureDoor},
	{name: "cow", w: 1440, h: 770, dpr: 1, stage: "cow", batch: fixtureCow},
	{name: "cow-dark", w: 1440, h: 900, dpr: 1, stage: "cow", theme: "dark", batch: fixtureCow},
	{name: "cow-medium", w: 1024, h: 768, dpr: 1, stage: "cow", batch: fixtureCow},
	{name: "cow-phone", w: 390, h: 1900, dpr: 2, stage: "cow", batch: fixtureCow},
	{name: "cow-early", w: 1440, h: 770, dpr: 1, stage: "cow", batch: fixtureEarly},
	{name: "time-early", w: 1440, h: 770, dpr: 1, stage: "time", batch: fixtureEarly},
	{name: "walk-early", w: 1440, h: 770, dpr: 1, stage: "walk", batch: fixtureEarly},
	{name: "console", w: 1440, h: 770, dpr: 1, stage: "console", batch: fixtureCow},
}

// TestPicture draws every stage in Chromium and checks that something is there; with -shots it keeps the pictures.
func TestPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	chrome, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium")
	}
	server := httptest.NewServer(pages(t))
	defer server.Close()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chrome), chromedp.NoSandbox, chromedp.Flag("disable-background-networking", true))
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	defer cancel()
	for _, s := range all {
		if !strings.Contains(s.name, *only) {
			continue
		}
		t.Run(s.name, func(t *testing.T) { s.take(t, alloc, server.URL) })
	}
}

// pages serves the canvas program alone, in a page that stands for the real one around it.
func pages(t *testing.T) http.Handler {
	dir := t.TempDir()
	wasm := filepath.Join(dir, "page.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", wasm, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/page.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, wasm) })
	mux.HandleFunc("/wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
	})
	mux.Handle("/fonts/", http.StripPrefix("/fonts/", http.FileServer(http.Dir("../../build/fonts"))))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, canvasPage) })
	return mux
}

const canvasPage = `<!doctype html><meta charset=utf-8><style>
@font-face{font-family:Inter;src:url(fonts/inter-400.woff2);font-weight:400}@font-face{font-family:Inter;src:url(fonts/inter-500.woff2);font-weight:500}
@font-face{font-family:Inter;src:url(fonts/inter-600.woff2);font-weight:600}@font-face{font-family:"JetBrains Mono";src:url(fonts/jetbrains-mono-400.woff2);font-weight:400}
@font-face{font-family:"JetBrains Mono";src:url(fonts/jetbrains-mono-500.woff2);font-weight:500}@font-face{font-family:"JetBrains Mono";src:url(fonts/jetbrains-mono-600.woff2);font-weight:600}
</style><body><script src=wasm_exec.js></script><script>
window.commands=[];window.vitrineSend=(c)=>commands.push(c);window.errors=[];
const log=console.error;console.error=(...a)=>{errors.push(a.join(" "));log(...a)};
(async()=>{await Promise.all([..."456"].flatMap(w=>[document.fonts.load(w+"00 12px Inter"),document.fonts.load(w+'00 12px "JetBrains Mono"')]));
const go=new Go();const r=await WebAssembly.instantiateStreaming(fetch("page.wasm"),go.importObject);go.run(r.instance)})();
</script>`

func (s shot) take(t *testing.T, alloc context.Context, url string) {
	ctx, cancel := chromedp.NewContext(alloc)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 60*time.Second)
	defer stop()
	do := func(a chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.EmulateViewport(int64(s.w), int64(s.h), chromedp.EmulateScale(s.dpr)))
	do(chromedp.Navigate(url))
	send := func(b *view.Batch) {
		data := base64.StdEncoding.EncodeToString(b.Encode())
		script := fmt.Sprintf(`(async()=>{while(!window.vitrinePage)await new Promise(r=>setTimeout(r,20));
			vitrinePage.set({stage:%q,theme:%q});
			const e=vitrinePage.batch(Uint8Array.from(atob(%q),c=>c.charCodeAt(0)));if(e)errors.push(e);
			await new Promise(r=>setTimeout(r,1200));return errors.join("\n")})()`, s.stage, s.theme, data)
		msg, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if msg != "" {
			t.Fatal(msg)
		}
	}
	if s.before != nil {
		send(s.before())
	}
	send(s.batch())
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	s.check(t, shot)
}

// check looks for many colours: a blank canvas has one.
func (s shot) check(t *testing.T, shot []byte) {
	if *shots != "" {
		if err := os.WriteFile(filepath.Join(*shots, s.name+".png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	colors := map[[3]uint32]bool{}
	for y := 0; y < m.Bounds().Dy(); y += 3 {
		for x := 0; x < m.Bounds().Dx(); x += 3 {
			r, g, b, _ := m.At(x, y).RGBA()
			colors[[3]uint32{r, g, b}] = true
		}
	}
	if len(colors) < 50 {
		t.Errorf("the picture has only %d colours", len(colors))
	}
}
